import type { Shell } from '../commands/completion';

const BASH = `# s3-failover completion for bash: source <(s3-failover completion bash)
_s3_failover() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    # Nothing in COMPREPLY lets bash complete the name of a file.
    [ "$line" = ":file" ] && return
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _s3_failover s3-failover
`;

const ZSH = `#compdef s3-failover
# s3-failover completion for zsh: source <(s3-failover completion zsh), after compinit
_s3_failover() {
  local line
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ "$line" == ":file" ]]; then
      _files
      return
    fi
    [[ -n "$line" ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${\${line#*$'\\t'}#\${line%%$'\\t'*}}")
  done
  _describe 's3-failover' candidates
}
compdef _s3_failover s3-failover
`;

const FISH = `# s3-failover completion for fish: s3-failover completion fish | source
function __s3_failover_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines (command s3-failover __complete $words[2..-1] "$current" 2>/dev/null)
  if test "$lines[1]" = ":file"
    __fish_complete_path "$current"
  else
    printf '%s\\n' $lines
  end
end
complete -c s3-failover -f -a '(__s3_failover_complete)'
`;

export const SCRIPTS: { readonly [shell in Shell]: string } = { bash: BASH, zsh: ZSH, fish: FISH };
