"""Draws the loss over the tokens seen as an SVG:  python3 plot.py log.jsonl OUT.svg"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 260, 48, 36


def points(path):
    """(tokens, loss, learning rate) along the run. A run that was continued repeats nothing: later lines win."""
    by_tokens = {}
    for line in open(path):
        fact = json.loads(line)
        by_tokens[fact["tokens"]] = (fact["loss"], fact["scale"])
    return [(t, *by_tokens[t]) for t in sorted(by_tokens)]


def draw(run):
    most = max(t for t, _, _ in run)
    low, high = (math.floor(math.log10(min(loss for _, loss, _ in run)) * 2) / 2, math.ceil(math.log10(max(loss for _, loss, _ in run))))

    def x(tokens):
        return LEFT + (WIDTH - LEFT - 10) * tokens / most

    def y(loss):
        return 10 + (HEIGHT - BOTTOM - 10) * (high - math.log10(loss)) / (high - low)

    def line(pairs, style):
        return f'<polyline fill="none" {style} points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)}"/>'

    def label(a, b, text, anchor="end"):
        return f'<text x="{a:.0f}" y="{b:.0f}" text-anchor="{anchor}">{text}</text>'

    marks = [m * 10.0**e for e in range(-3, 2) for m in (1, 3) if low <= math.log10(m * 10.0**e) <= high]
    step = 10 ** math.floor(math.log10(most))
    step = step if most / step >= 4 else step / 2
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11" fill="#555">']
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>')
    for loss in marks:
        parts += [line([(LEFT, y(loss)), (WIDTH - 10, y(loss))], 'stroke="#eee"'), label(LEFT - 6, y(loss) + 4, f"{loss:g}")]
    for i in range(1, int(most / step) + 1):
        parts.append(label(x(i * step), HEIGHT - BOTTOM + 16, f"{i * step / 1e6:g}", "middle"))
    parts.append(line([(x(t), 10 + (HEIGHT - BOTTOM - 10) * (1 - 0.3 * scale)) for t, _, scale in run], 'stroke="#bbb" stroke-dasharray="3 3"'))
    parts.append(line([(x(t), y(loss)) for t, loss, _ in run], 'stroke="#c33" stroke-width="1.5"'))
    parts.append(label(WIDTH - 10, HEIGHT - 6, "loss on what the model has to say (red) and learning rate (dashed), by million tokens"))
    return "\n".join(parts + ["</svg>\n"])


if __name__ == "__main__":
    log, out = sys.argv[1:]
    if not points(log):
        sys.exit("Nothing to draw yet: the log gets a line every 25 steps")
    with open(out, "w", encoding="utf-8") as f:
        f.write(draw(points(log)))
