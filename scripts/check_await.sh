#!/bin/sh
# shellcheck disable=SC2094  # perl only reads the file; its name is there for the message
# Flags the co_await shapes that gcc 12.2 miscompiles. Usage: check_await.sh file...
# Deliberately stricter than the bugs: a co_await is a statement of its own, or the
# whole initialiser of one named variable, and its argument list makes no aggregate
# or capturing lambda.
found=0
for file in "$@"; do
  perl -0777 -e '
    local $_ = <STDIN>; my $hits = 0;
    s{//[^\n]*}{}g; s{"(?:\\.|[^"\\\n])*"}{""}g; s{^[ \t]*#[^\n]*}{}gm;
    while (/\bco_await\b/g) {
      my ($before, $after) = (substr($_, 0, pos), substr($_, pos));
      my $line = 1 + ($before =~ tr/\n//);
      my ($head) = $before =~ /([^;{}]*(?:\{[^;{}]*)?)\z/;
      my ($tail) = $after =~ /\A([^;]*)/;
      my $why =
          $head =~ /\b(if|switch|while|for)\s*\(/ && $head !~ /\b(if|for)\s*\([^;]*=\s*co_await\z/ ? "a condition"
        : $head =~ /\?/ || $tail =~ /\A[^{]*\?[^?]*:/s ? "a ternary"
        : $head =~ /\bthrow\b/ ? "a throw"
        : $head =~ /(=|\w|\()\s*\{[^}]*\z/s && $head !~ /\)\s*(const|noexcept|->\s*[\w:<>]+)?\s*\{[^}]*\z/s && $head !~ /\b(else|do|try)\s*\{[^}]*\z/s ? "a braced initialiser"
        : $tail =~ /\[\s*[^\]\s][^\]]*\]\s*(\(|\{|mutable|->)/ ? "an expression with a capturing lambda"
        : $tail =~ /[(,]\s*\{|\w\s*\{/s ? "an expression with a braced temporary" : "";
      if ($why) { print "$ARGV[0]:$line: co_await in $why; await into a named variable first\n"; $hits++ }
    }
    exit($hits > 0);' "$file" < "$file" || found=1
done
exit $found
