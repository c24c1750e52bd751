# Takes what is quoted out of line: plain has a `"` for each quoted part, which no name in the tables has. Sourced by
# autobot_harmless_text; status 1 where it cannot be told without reading all of the shell's grammar.

[[ $line == *'<<'* || $line == *'#'* || ($line == *'\\'* && $line == *'\'$'\n'*) ]] && return 1
rest=${line//'\'$'\n'/}
stripped=${rest//[\'\"\\]/} plain=''
while [[ $rest == *[\'\"\\]* ]]; do
  head=${rest%%[\'\"\\]*}
  plain+=$head rest=${rest:${#head}}
  [[ $rest != \\* && $plain == *'$' ]] && return 1
  case $rest in
    \\*) plain+=\" rest=${rest:2} ;;
    \'*)
      rest=${rest:1}
      [[ $rest == *\'* ]] || return 1
      head=${rest%%\'*}
      [[ $head == *['`']* || $head == *'$'[{\(]* ]] && return 1
      plain+=\" rest=${rest:${#head}+1}
      ;;
    *)
      rest=${rest:1} plain+=\"
      while :; do
        head=${rest%%[\"\\]*}
        [[ $head == *['`']* || $head == *'$'[{\(]* ]] && return 1
        [[ $head == *'$'* ]] && dollar=yes
        rest=${rest:${#head}}
        case $rest in
          '') return 1 ;;
          \\*) rest=${rest:2} ;;
          *) break ;;
        esac
      done
      rest=${rest:1}
      ;;
  esac
done
plain+=$rest
return 0
