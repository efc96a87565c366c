"""The same seed makes the same data and tokenizer, byte for byte: makes both twice, each in a process of its own whose
hashes are salted differently, prints their SHA-256 and fails if they differ.

    python3 checks/same.py [SEED] [SHEETS]

The training itself is not repeated to the bit: its workers draw their sheets from one pot, so how busy the machine is
decides who draws which, and sums of floating-point numbers depend on their order.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
DATA = "import sys; from dialogues import Dialogues; d = Dialogues(int(sys.argv[1])); [print(d.next()) for _ in range(int(sys.argv[2]))]"


def made(seed, sheets, salt, folder):
    """-> the hashes of the data of one seed and of the tokenizer"""
    environment = {**os.environ, "PYTHONHASHSEED": str(salt), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    run = lambda *arguments: subprocess.run([sys.executable, *arguments], cwd=HERE, env=environment, check=True, stdout=subprocess.PIPE).stdout
    path = os.path.join(folder, f"tokenizer-{salt}.json")
    run("tokenizer.py", path)
    contents = {f"{sheets} sheets of seed {seed}": run("-c", DATA, str(seed), str(sheets)), "tokenizer": open(path, "rb").read()}
    return {label: hashlib.sha256(content).hexdigest() for label, content in contents.items()}


def main(seed="1000", sheets="2000"):
    with tempfile.TemporaryDirectory() as folder:
        once, again = (made(seed, sheets, salt, folder) for salt in (1, 2))
    for label, digest in once.items():
        print(f"{label}: {digest}, the second time {'the same' if again[label] == digest else again[label]}")
    return once != again


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
