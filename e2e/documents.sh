#!/usr/bin/env bash
# Every path of the project that a document names in `code` or a link exists: documents that lie are worse than none.
set -euo pipefail
cd "$(dirname "$0")/.."
perl -e '
    use strict; use warnings; use File::Basename;
    my $missing = 0;
    for my $document (glob("README.md server/docs/*.md server/docs/adr/*.md migrations/*.md")) {
        open my $in, "<", $document or die "$document: $!";
        while (my $line = <$in>) {
            my @named = $line =~ m{`((?:app|e2e|frontend|migrations|server|style|public)/[\w./{},-]*)`}g;
            push @named, map { dirname($document) . "/$_" } grep { !m{^\w+:} } $line =~ m{\]\(([^)#]+)\)}g;
            for my $path (map { glob($_) } @named) {
                next if -e $path;
                print STDERR "$document:$.: there is no $path\n";
                $missing++;
            }
        }
    }
    exit($missing ? 1 : 0);
'
