# Whether nothing can be denied about a program given by `-c`, told without the judge (docs/adr/0011). Sourced by the
# launcher; the build puts the tables of src/prefilter.ts before it, as dist/prefilter.bash. Every doubt is a no.

# A program's text. Says in autobot_starts whether it may start any other.
autobot_harmless_text() {
  local - IFS=$' \t\n' line=$1 plain rest head stripped word row
  local expecting=yes redirect='' loop='' writes='' runs='' dollar='' hidden=''
  local -a words table
  local -i index
  set -f
  autobot_starts=
  # One record is one write(2) only while it is short.
  [[ -n $line && ${#line} -le 1024 && $line != *[!"$autobot_ascii"]* ]] || return 1

  stripped=$line plain=$line
  if [[ $line == *[\'\"\\]* ]]; then
    . "$autobot_root/libexec/unquote.bash" || return 1
  fi
  plain=${plain//'{}'/_}
  [[ $plain == *['`{}']* || $plain == *'$['* ]] && return 1
  [[ $plain == *'$'* ]] && dollar=yes

  # Every word that may be the name of a command has to be in the table.
  plain=${plain//'>&'/>}
  plain=${plain//'<&'/<}
  plain=${plain//'&>'/>}
  plain=${plain//</ < }
  plain=${plain//>/ > }
  words=(${plain//[;&|()$'\n']/ ; })
  mapfile -t table <"$autobot_root/dist/prefilter.table" || return 1
  hidden=$stripped
  for word in "${words[@]}"; do
    case $redirect:$expecting:$word in
      *:\;) expecting=yes redirect='' loop='' ;;
      *::[\<\>]) redirect=$word ;;
      *:yes:[\<\>]) return 1 ;;
      [\<\>]:*)
        [[ $redirect == '>' && $word != /dev/null && $word != [0-9] && $word != - ]] && writes=yes
        redirect=''
        ;;
      :yes:if | :yes:then | :yes:elif | :yes:else | :yes:do | :yes:while | :yes:until | :yes:!) ;;
      :yes:fi | :yes:done) expecting='' ;;
      :yes:for) expecting='' loop=name ;;
      :yes:[A-Za-z_]*=*) [[ ${word%%=*} == *[!A-Za-z0-9_]* ]] && return 1 ;;
      :yes:*)
        word=${word#/usr}
        word=${word#/bin/}
        printf -v index %d "'$word"
        row=${table[index]} expecting=''
        case $row in
          *" $word! "*) ;;
          *" $word "*) autobot_starts=yes ;;
          *" $word: "*) autobot_starts=yes writes=yes ;;
          *" $word% "*) autobot_starts=yes runs=yes ;;
          *" $word:% "*) autobot_starts=yes runs=yes writes=yes ;;
          *) return 1 ;;
        esac
        ;;
      *)
        case $loop in
          name) [[ $word == [A-Za-z_]* && $word != *[!A-Za-z0-9_]* ]] && loop=in || return 1 ;;
          in) [[ $word == in ]] && loop='' || return 1 ;;
        esac
        [[ $autobot_starters == *" $word "* ]] && expecting=yes hidden=${hidden/"$word"/}
        ;;
    esac
  done
  if [[ -n $runs ]]; then
    [[ -n $dollar ]] && return 1
    for word in $autobot_hidden; do [[ $hidden == *"$word"* ]] && return 1; done
  fi
  if [[ -n $writes ]]; then
    [[ -n $dollar ]] && return 1
    for word in $autobot_fragments; do [[ $stripped == *"$word"* ]] && return 1; done
  fi

  # What the text does not tell counts only where it names a utility that reaches other hosts.
  for word in ${stripped//[!A-Za-z0-9_.+-]/ }; do
    printf -v index %d "'$word"
    [[ ${table[index]} == *" $word@ "* ]] && return 1
  done
  return 0
}

# bash's words, where all around them is as usual. Then it is on record, and autobot_layer says what the judge would.
autobot_harmless() {
  local - IFS=$' \t\n' line word row file home user time dir=$PWD
  local -i at
  set -f

  case $1 in
    -c | -ec | -uc | -xc | -euc | -exc) line=$2 ;;
    -euo | -eo | -uo | -o) [[ $2 == pipefail && $3 == -c ]] && line=$4 || return 1 ;;
    *) return 1 ;;
  esac
  [[ $HOME == /* && -n $EPOCHREALTIME ]] || return 1
  [[ -z $ENV${!AUTOBOT_@}${POSIXLY_CORRECT+set} && ${SHELLOPTS@a}${BASHOPTS@a} != *x* ]] || return 1
  [[ -z $BASH_ENV || $BASH_ENV == */autobot-sh/shims/*/.bash-env* ]] || return 1
  # With these bash reads ~/.bashrc first, and the judge finds out more.
  [[ ${SHLVL:-0} -ge 2 || -z $SSH_CLIENT$SSH2_CLIENT && ! -S /dev/stdin ]] || return 1
  [[ $PWD != *[!"$autobot_ascii"]* && $PWD != *[\"\\$'\t\n']* && $PWD -ef . ]] || return 1
  autobot_harmless_text "$line" || return 1

  # No policy but the built-in ones, looked for where src/shell/layers.ts does.
  IFS= read -r -d '' user </etc/passwd
  user=$'\n'$user
  [[ $user == *:[x*]:$UID:* ]] || return 1
  home=${user#*:[x*]:"$UID":*:*:} user=${user%%:[x*]:"$UID":*}
  home=${home%%[:$'\n']*} user=${user##*$'\n'}
  [[ $home == /* && $user != *[!A-Za-z0-9_.-]* ]] || return 1
  for row in /etc "$home/.config" "${XDG_CONFIG_HOME:-/etc}"; do
    [[ -e $row/autobot-sh || (-e $row && ! -x $row) ]] && return 1
  done
  while [[ -n $dir ]]; do
    [[ -L $dir || -e $dir/.autobot-sh ]] && return 1
    dir=${dir%/*}
  done
  [[ -e /.autobot-sh ]] && return 1

  # The judge hides secrets, makes the file, and rotates it: now and then it has to come by.
  case ${line,,} in *pass* | *secret* | *token* | *key* | *credential* | *auth* | *bearer* | *://*@* | *gh?_* | *github_pat* | *glpat* | *sk-* | *xox* | *akia* | *eyj*) return 1 ;; esac
  [[ $XDG_STATE_HOME == /* ]] && file=$XDG_STATE_HOME || file=$HOME/.local/state
  file+=/autobot-sh/audit.jsonl
  [[ -f $file && ! -L $file && -O $file && -w $file ]] && ((RANDOM % 1024)) || return 1

  # Programs are started under the runtime layer; the shell's own utilities are none.
  if [[ -n $autobot_starts ]]; then
    . "$autobot_root/libexec/present-layer.bash" || return 1
  fi

  line=${line//\\/\\\\}
  line=${line//\"/\\\"}
  line=${line//$'\t'/ }
  line=${line//$'\n'/\\n}
  time=${EPOCHREALTIME//[.,]/}
  word='' row=''
  for ((at = ${time:0:-3}; at > 0; at /= 36)); do word=${autobot_digits:at%36:1}$word; done
  for ((at = $$; at > 0; at /= 36)); do row=${autobot_digits:at%36:1}$row; done
  TZ=UTC0 printf '{"time":"%(%Y-%m-%dT%H:%M:%S)T.%sZ","id":"%s","face":"scripts","user":"%s","cwd":"%s","decision":"permit","effective":"permit","rules":[],"requests":[],"text":"%s"}\n' \
    "${time:0:-6}" "${time: -6:3}" "$word-$row" "$user" "$PWD" "$line" 2>/dev/null >>"$file"
}

autobot_layer=
if autobot_harmless "$@"; then
  [[ -n $autobot_layer ]] && . "$autobot_root/libexec/layer.bash"
  exec -a "$0" /bin/bash "$@"
fi
