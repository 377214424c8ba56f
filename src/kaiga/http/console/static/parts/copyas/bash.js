// cURL in a POSIX shell.
const LONGEST_ARGUMENT = 100_000; // Linux takes 128 KiB for one

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export const bash = {
  name: "cURL (bash)",
  file: "create.sh",
  write({ base, path, headers, json }) {
    const isLong = json.length > LONGEST_ARGUMENT;
    const parts = [
      `curl -sS ${quote(base + path)}`,
      '-H "Authorization: Bearer $DASHSCOPE_API_KEY"',
      ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
      isLong ? "--data-binary @- <<'END_OF_BODY'" : `--data-raw ${quote(json)}`,
    ];
    return `${parts.join(" \\\n  ")}\n${isLong ? `${json}\nEND_OF_BODY\n` : ""}`;
  },
};
