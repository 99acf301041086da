export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/**
 * The script that a shell reads once. Each asks `edgemlsim __complete SHELL WORD…` while a word is
 * typed.
 */
export const scripts: Record<Shell, string> = {
  // Without the package bash-completion, which may not be there. Bash parts words at = and : and replaces
  // the last part alone.
  bash: `_edgemlsim() {
  local line=\${COMP_LINE:0:COMP_POINT} words current head reply
  read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  head=
  [[ $current == *[=:]* && $COMP_WORDBREAKS == *=* ]] && head=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r reply; do
    COMPREPLY+=("\${reply#"$head"}")
  done < <("\${words[0]}" __complete bash -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=./] ]] && compopt -o nospace 2>/dev/null
}
complete -F _edgemlsim edgemlsim
`,
  zsh: `#compdef edgemlsim
_edgemlsim() {
  local -a lines ended open shown
  local line value
  lines=("\${(@f)$(\${words[1]} __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    value=\${line%%$'\\t'*}
    if [[ $value == *[=./] ]]; then open+=($value); else ended+=($value); shown+=("\${line/$'\\t'/  -- }"); fi
  done
  (( $#ended )) && compadd -l -d shown -- $ended
  (( $#open )) && compadd -S '' -- $open
}
compdef _edgemlsim edgemlsim
`,
  fish: `complete -c edgemlsim -f -a '(set -l typed (commandline -opc); $typed[1] __complete fish -- $typed[2..] (commandline -ct) 2>/dev/null)'
`,
};
