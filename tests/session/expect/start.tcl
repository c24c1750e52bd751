# What every script of this folder begins with: autobot-sh on a terminal of its own, and words for what a person does and
# sees there. The prompt shows `$?`, so that a script which knows the status knows that the line is done.
set timeout 15
match_max 500000
set stty_init "rows 40 columns 120"
log_user 1

proc vain {what} {
  send_user "\nwaited in vain for $what\n"
  exit 1
}

# Waits until the terminal shows it.
proc see {pattern} {
  global expect_out
  expect {
    -re $pattern {}
    timeout { vain $pattern }
    eof { vain "$pattern: the terminal is closed" }
  }
}

proc prompt {status} { see "\\\[$status\\\]> " }

# Types a line; the status that the next prompt shows.
proc line {text {status 0}} {
  send -- "$text\r"
  prompt $status
}

# ^C. What comes while bash looks at a key, and not for one, it remembers until the next key (3 of 100 times on a busy machine).
proc interrupt {} {
  send -- "\x03"
  expect {
    -re {\[130\]> } {}
    -timeout 2 timeout {
      send -- "\x03"
      prompt 130
    }
  }
}

# Types a line that the policy denies.
proc refused {text} {
  send -- "$text\r"
  see {autobot-sh: refused: }
  prompt 2
}

# Starts a program that runs for long, and waits until it has the terminal.
proc begin {} {
  send -- "sh -c 'echo be''gun; exec sleep 1000'\r"
  see {begun\r\n}
}

# Holds by now, not some time later.
proc sure {condition what} {
  if {![uplevel 1 [list expr $condition]]} { send_user "\nnot so: $what\n"; exit 1 }
}

proc contents {file} {
  set channel [open $file rb]
  set all [read $channel]
  close $channel
  return $all
}

# Waits for the shell's end; its status.
proc ends {status} {
  expect {
    eof {}
    timeout { vain "the end" }
  }
  sure {[lindex [wait] 3] == $status} "it ends with $status"
}

# An edit on a server. No packet leaves: `ssh` is a file of the test's that only says that it was started.
set denied {ssh 172.16.168.21 'vim f'}
cd $env(HOME)
spawn -noecho $env(AUTOBOT_SH)
prompt 0
