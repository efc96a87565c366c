/** What shells run when Tab is pressed after `moult`. They ask the program for everything. */

/** Shells that there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** Whether there is a script for it. */
export function isShell(name: string): name is Shell {
  return (SHELLS as readonly string[]).includes(name);
}

/** The script of a shell; `program` is the command line that starts moult. */
export function completionScript(shell: Shell, program: readonly string[]): string {
  const quote = shell === "fish" ? quoteForFish : quoteForPosix;
  return SCRIPTS[shell].replace("PROGRAM", () => program.map(quote).join(" "));
}

const quoteForPosix = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const quoteForFish = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

/** Bash cuts words at colons, which sessions have: so the line is cut here, and what bash keeps is left out. */
const BASH = `# moult's completion for bash: source <(moult completion bash)
_moult() {
  local line="\${COMP_LINE:0:COMP_POINT}" current kept reply
  local -a words
  IFS=$' \\t' read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  kept=""
  [[ $COMP_WORDBREAKS == *:* ]] && kept="\${current%"\${current##*:}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r reply _; do
    if [[ $reply == ":files" ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${reply#"$kept"}")
    fi
  done < <(PROGRAM completion --words -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _moult moult
`;

const ZSH = `#compdef moult
# moult's completion for zsh: source <(moult completion zsh)
_moult() {
  local line value
  local -a lines shown
  lines=("\${(@f)$(PROGRAM completion --words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == ":files" ]]; then _files; continue; fi
    value="\${line%%$'\\t'*}"
    [[ $line == *$'\\t'* ]] && line="\${value//:/\\\\:}:\${line#*$'\\t'}" || line="\${value//:/\\\\:}"
    shown+=("$line")
  done
  (( $#shown )) && _describe moult shown
}
if [[ $funcstack[1] == _moult ]]; then
  _moult "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _moult moult
fi
`;

const FISH = `# moult's completion for fish: moult completion fish | source
function __moult_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (PROGRAM completion --words -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c moult -f -a '(__moult_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
