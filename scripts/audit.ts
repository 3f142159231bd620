/**
 * `bun run audit`: asks the registry whether packages of bun.lock have known weaknesses. It ends with 0 only if the
 * registry has answered that there are none. It is no part of the check, which works without a network.
 */
const asked = Bun.spawn([process.execPath, 'audit'], { stdout: 'pipe', stderr: 'pipe' })
const [said, complained, code] = await Promise.all([
  new Response(asked.stdout).text(),
  new Response(asked.stderr).text(),
  asked.exited,
])
process.stdout.write(said)
process.stderr.write(complained)
const wasAnswered = code === 0 || /\bvulnerabilit(?:y|ies)\b/.test(said)
if (!wasAnswered)
  process.stderr.write(
    'So it is not known whether a package has a known weakness: the registry cannot be reached from here, or does ' +
      'not answer this question. Run it where it can be, or set NPM_CONFIG_REGISTRY to one that does.\n',
  )
process.exit(code)
