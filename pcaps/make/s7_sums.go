package main

import (
	"fmt"
	"time"
)

// blockCard is what block information tells of DB 7: header and footer of the
// block, changed on a day (since 1984) and with a check sum.
func blockCard(day, sum uint16) string {
	head := fmt.Sprintf("7070 01 01 05 0a 0007 00000066 00000000 01b3d0c8 %04x 02c5e1aa %04x 0000 0000 0000 000a", day, day-3)
	foot := "4e4f5641204d4544" + "46494c4c45520000" + "444f534553000000" + fmt.Sprintf("10 00 %04x 0000000000000000", sum)
	return head + foot
}

// blockInfo asks what the controller says of DB 7.
func (s *s7) blockInfo(day, sum uint16) {
	s.user(3, 3, "3041 3030303037 41", 0, "3041 004a 2200"+blockCard(day, sum))
}

// status asks for list 0232, index 4: protection, mode selector, check sums of
// the hardware configuration and of the program.
func (s *s7) status(level, selector uint16, program uint32) {
	s.user(4, 1, "0232 0004", 0, fmt.Sprintf("0232 0004 0028 0001 0004 0001 0000 %04x %04x 0000 0000 0001 bc04a3d5 %08x %032x", level, selector, program, 0))
}

func s7SumStories() []story {
	twice := func(first, second func(s *s7)) func(t *tape) {
		return func(t *tape) {
			s := t.s7(history, filler, 3)
			first(s)
			t.wait(20 * time.Minute)
			t.act()
			second(s)
			s.close()
		}
	}
	return []story{
		{"s7-block-changed", "a block of the program has another check sum than before",
			"the historian reads the information of DB 7 of the filler twice, twenty minutes apart; the second time it was changed a day later and has another check sum, though no download was seen",
			twice(func(s *s7) { s.blockInfo(11671, 0x798c) }, func(s *s7) { s.blockInfo(11672, 0x1b03) })},
		{"s7-block-same", "the same block information twice",
			"the historian reads the information of DB 7 of the filler twice, twenty minutes apart; nothing changed",
			twice(func(s *s7) { s.blockInfo(11671, 0x798c) }, func(s *s7) { s.blockInfo(11671, 0x798c) })},
		{"s7-program-changed", "a controller reports another check sum of its program than before",
			"the historian reads the protection of the filler (list 0232, index 4) twice, twenty minutes apart; level and mode selector are the same, the check sum of the program is not",
			twice(func(s *s7) { s.status(1, 1, 0x8401d6b2) }, func(s *s7) { s.status(1, 1, 0x5f77310c) })},
		{"s7-key-turned", "the mode selector of a controller was turned",
			"the historian reads the protection of the filler (list 0232, index 4) twice, twenty minutes apart; the selector went from run to run-p, the check sums are the same",
			twice(func(s *s7) { s.status(1, 1, 0x8401d6b2) }, func(s *s7) { s.status(1, 2, 0x8401d6b2) })},
	}
}
