/** The shells whose completion the program can print. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell whose completion the program can print. */
export type Shell = (typeof SHELLS)[number];

/**
 * What each shell reads. All three hand the line up to the cursor to `guildhall complete-line`, which prints a value
 * and what it is on each line.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of guildhall for bash: source <(guildhall completion bash)
_guildhall() {
  local line=\${COMP_LINE:0:COMP_POINT} current=\${COMP_WORDS[COMP_CWORD]} value
  # bash breaks words at = and : too; what stands before such a break must not come twice.
  local word=\${line##*[[:space:]]}
  local kept=\${word%"$current"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    value=\${value#"$kept"}
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <(guildhall complete-line "$line" 2>/dev/null)
}
complete -F _guildhall guildhall
`,
  zsh: `#compdef guildhall
# Completion of guildhall for zsh: source <(guildhall completion zsh), after compinit
_guildhall() {
  local -a described
  local value summary
  while IFS=$'\\t' read -r value summary; do
    described+=("\${value//:/\\\\:}:$summary")
  done < <(guildhall complete-line "\${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
  _describe -V guildhall described
}
compdef _guildhall guildhall
`,
  fish: `# Completion of guildhall for fish: guildhall completion fish | source
complete --command guildhall --no-files --arguments '(guildhall complete-line (commandline -cp | string collect) 2>/dev/null)'
`,
};
