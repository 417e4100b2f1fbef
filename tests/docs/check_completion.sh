#!/usr/bin/env bash
# The completion scripts: what bash offers, and that zsh and fish (where there are any) can read and use theirs.
# check_completion.sh HEADWAY
set -euo pipefail
program=$1
PATH=$(dirname "$program"):$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "completion: $*"; exit 1; }

# offers WORDS... : what bash offers for the last of them
eval "$("$program" completion bash)"
offers() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _headway
  printf '%s\n' "${COMPREPLY[@]}"
}
expect() { [[ $'\n'$1$'\n' == *$'\n'$2$'\n'* ]] || fail "offers no \"$2\" among: ${1//$'\n'/ }"; }

cd "$folder"
touch mine.yaml
mkdir results
for command in $("$program" --help | sed -n '/^Subcommands/,$s/^  \([a-z]*\) .*/\1/p'); do expect "$(offers headway "")" "$command"; done
expect "$(offers headway compare --ne)" --needs
expect "$(offers headway run h200-2)" h200-256-vs-910c-384
expect "$(offers headway run mi)" mine.yaml
expect "$(offers headway list mo)" models
expect "$(offers headway show h100-s)" h100-sxm
expect "$(offers headway sweep mine.yaml -o re)" results
expect "$(offers headway run mine.yaml --json mi)" mine.yaml
[[ -z $(offers headway run mine.yaml --set mi) ]] || fail "offers a file where a value is due"

if command -v zsh >/dev/null; then
  "$program" completion zsh > _headway
  zsh -fc 'autoload -U compinit && compinit -D -u && . ./_headway && (( $+_comps[headway] ))' || fail "zsh cannot read its script"
fi
if command -v fish >/dev/null; then
  "$program" completion fish > headway.fish
  offered=$(HOME=$folder fish --no-config -c 'source headway.fish; complete -C "headway compare --n"; complete -C "headway show h100-s"')
  [[ $offered == *--needs* && $offered == *h100-sxm* ]] || fail "fish offers: $offered"
fi
echo "completion: as it should be"
