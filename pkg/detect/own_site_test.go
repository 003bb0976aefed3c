package detect

import "testing"

// TestAlarmWord: alarms and limits are known by their names; to acknowledge is daily work and changes neither.
func TestAlarmWord(t *testing.T) {
	for name, want := range map[string]bool{
		"DoorAlarmDelay": true, "TEMP_ALM_HI": true, "PressureLimit": true, "FeedbackAlarmOff": true, "AlarmPackageMax": true,
		"AlarmAck": false, "Alarm_Ack": false, "ALM_ACK": false, "AcknowledgeAlarms": false, "GlueSetpoint": false, "": false,
	} {
		if got := alarmWord([]byte(name)); got != want {
			t.Errorf("%q speaks of an alarm or limit: %v, want %v", name, got, want)
		}
	}
}
