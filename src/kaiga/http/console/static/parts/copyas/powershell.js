// PowerShell 5.1 and later. A here-string takes all as it is, and no line of the JSON begins with '@.
const quote = (text) => `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;

export const powershell = {
  name: "PowerShell",
  file: "create.ps1",
  write({ base, path, headers, json }) {
    const { "Content-Type": kind, ...rest } = headers;
    const own = Object.entries(rest).map(([name, value]) => `  ${quote(name)} = ${quote(value)}\n`).join("");
    return `$body = @'
${json}
'@
$headers = @{
  'Authorization' = "Bearer $env:DASHSCOPE_API_KEY"
${own}}
Invoke-RestMethod -Method Post -Uri ${quote(base + path)} -Headers $headers \`
  -ContentType '${kind}; charset=utf-8' -Body ([Text.Encoding]::UTF8.GetBytes($body)) | ConvertTo-Json -Depth 20
`;
  },
};
