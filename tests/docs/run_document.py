#!/usr/bin/env python3
"""Does what a document says, and compares what comes out with what it shows.

run_document.py HEADWAY DOCUMENT [--update]

  ```yaml mine.yaml      the block is saved under this name (other blocks with a file name alike)
  ```console             "$ command" lines are run, one after the other, in one folder; the lines below each are its output.
                         A line "..." stands for any number of lines. "$ command  # exits with 3" says another code than 0.

`headway` is the program given. With --update the shown output is written anew where it no longer holds.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile


def blocks(lines):
    """(language, file name, first line, line behind) of every fenced block."""
    start = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            words = line[3:].split()
            start = (words[0] if words else "", words[1] if len(words) > 1 else "", number + 1)
        else:
            yield (*start, number)
            start = None


def commands(lines):
    """[command, its exit code, lines shown, their place] of a console block."""
    found = []
    for number, line in enumerate(lines):
        if line.startswith("$ "):
            code = re.search(r"# exits with (\d+)$", line)
            found.append([line[2:], int(code.group(1)) if code else 0, [], number + 1])
        elif found:
            found[-1][2].append(line)
    return found


def matches(shown, got):
    if not shown:
        return not got
    if shown[0] == "...":
        return any(matches(shown[1:], got[skip:]) for skip in range(len(got) + 1))
    return bool(got) and shown[0] == got[0].rstrip() and matches(shown[1:], got[1:])


def run(command, folder, program):
    environment = dict(os.environ, PATH=os.path.dirname(program) + ":" + os.environ["PATH"], LC_ALL="C.UTF-8")
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.rstrip("\n").split("\n") if done.stdout.rstrip("\n") else []


def main():
    program, document = os.path.abspath(sys.argv[1]), sys.argv[2]
    update = "--update" in sys.argv
    with open(document, encoding="utf-8") as text:
        lines = text.read().split("\n")
    folder = tempfile.mkdtemp(prefix="headway-document-")
    wrong, ran, changes = 0, 0, []
    for language, name, first, behind in blocks(lines):
        if name:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write("\n".join(lines[first:behind]) + "\n")
        if language != "console":
            continue
        for command, code, shown, place in commands(lines[first:behind]):
            ran += 1
            got_code, got = run(command, folder, program)
            if got_code == code and matches(shown, got):
                continue
            if update and got_code == code:
                changes.append((first + place, len(shown), [line.rstrip() for line in got]))
                continue
            wrong += 1
            print(f"{document}:{first + place}: {command}\n  exits with {got_code}, and prints\n  " + "\n  ".join(got))
    shutil.rmtree(folder)
    for at, count, got in reversed(changes):
        lines[at:at + count] = got
    if changes:
        with open(document, "w", encoding="utf-8") as out:
            out.write("\n".join(lines))
    print(f"{document}: {ran} commands, {wrong} not as shown, {len(changes)} written anew")
    return 1 if wrong or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
