package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

func runCompletion(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	shells, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(shells) != 1 {
		return usagef("completion: name one of bash, zsh, fish")
	}
	var names, described []string
	for _, c := range commands() {
		names = append(names, c.name)
		described = append(described, fmt.Sprintf("%s:%s", c.name, strings.ReplaceAll(c.short, "'", "")))
	}
	switch shells[0] {
	case "bash":
		fmt.Fprintf(e.stdout, "_sensor() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '%s' -- \"$cur\")); else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n}\ncomplete -o filenames -F _sensor sensor\n", strings.Join(names, " "))
	case "zsh":
		fmt.Fprintf(e.stdout, "#compdef sensor\n_sensor() {\n  local -a subcommands=(\n")
		for _, d := range described {
			fmt.Fprintf(e.stdout, "    '%s'\n", d)
		}
		fmt.Fprint(e.stdout, "  )\n  if (( CURRENT == 2 )); then _describe subcommand subcommands; else _files; fi\n}\ncompdef _sensor sensor\n")
	case "fish":
		for _, c := range commands() {
			fmt.Fprintf(e.stdout, "complete -c sensor -n __fish_use_subcommand -a %s -d '%s'\n", c.name, strings.ReplaceAll(c.short, "'", ""))
		}
	default:
		return usagef("completion: no shell %q; name one of bash, zsh, fish", shells[0])
	}
	return nil
}
