# Sets up the runtime layer for the bash that takes the launcher's place. Sourced by bin/autobot-sh, with the judge's
# `N DIRECTORY` in autobot_layer and the launcher's words as arguments: they are changed where N says so.
autobot_shims=${autobot_layer#* }

if [[ $PATH == */autobot-sh/shims/* ]]; then
  . "$autobot_root/libexec/path.bash"
  autobot_plain_path
else
  autobot_path=$PATH
fi
export PATH=$autobot_shims:$autobot_path

# What BASH_ENV said before is kept for our own file to do. A layer around this one has kept it already.
if [[ ${BASH_ENV-} != */autobot-sh/shims/*/.bash-env* ]]; then
  unset AUTOBOT_SH_BASH_ENV
  [[ -n ${BASH_ENV-} ]] && export AUTOBOT_SH_BASH_ENV=$BASH_ENV
fi
export BASH_ENV=$autobot_shims/.bash-env
if [[ -z ${AUTOBOT_SH_BASH_ENV-} && $BASH_ENV != *[\\\"\`\$\}]* && $* != -*c\ *sh* ]]; then
  # The bash that comes now has the right PATH and need not read the file: `-v` and `-x` would show it. bash expands the
  # value of BASH_ENV; to nothing here where the process is this one. Another shell may take its place in the process, as
  # `-c 'bash -l …'` does, and has to read it: then a word says so.
  BASH_ENV="\${BASH_VERSINFO[\$\$==$$&&SHLVL==$((SHLVL))?9:0]+$BASH_ENV}"
fi

if [[ $autobot_layer != 0\ * ]]; then
  autobot_words=("$@")
  ((autobot_index = ${autobot_layer%% *} - 1, 1))
  # On the same line, because the lines of a program are counted: LINENO, messages.
  autobot_words[autobot_index]="{ . '${autobot_shims//\'/\'\\\'\'}/.profile' \"\$_\"; } 2>/dev/null;${autobot_words[autobot_index]}"
  set -- "${autobot_words[@]}"
fi
