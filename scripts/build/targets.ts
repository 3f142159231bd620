import { readFileSync } from 'node:fs'

/** A machine that an executable is made for. */
export interface Target {
  /** what its file in `dist` is called, behind `rowbot-` */
  name: string
  /** the runtime that Bun puts into it. Another than this machine's is fetched once from npm, where Bun publishes them. */
  runtime: Bun.Build.CompileTarget
  /** the SQLite module in better-sqlite3 that is built for it */
  sqlite: string
}

export const TARGETS: Target[] = [
  { name: 'linux-x64', runtime: 'bun-linux-x64', sqlite: 'linux-x64' },
  { name: 'linux-arm64', runtime: 'bun-linux-arm64', sqlite: 'linux-arm64' },
  { name: 'linux-x64-musl', runtime: 'bun-linux-x64-musl', sqlite: 'linuxmusl-x64' },
  { name: 'linux-arm64-musl', runtime: 'bun-linux-arm64-musl', sqlite: 'linuxmusl-arm64' },
  { name: 'darwin-x64', runtime: 'bun-darwin-x64', sqlite: 'darwin-x64' },
  { name: 'darwin-arm64', runtime: 'bun-darwin-arm64', sqlite: 'darwin-arm64' },
  { name: 'windows-x64', runtime: 'bun-windows-x64', sqlite: 'win32-x64' },
]

/** `rowbot-linux-x64`, `rowbot-windows-x64.exe` */
export function fileOf({ name }: Target): string {
  return `rowbot-${name}${name.startsWith('windows') ? '.exe' : ''}`
}

/** The one for this machine; undefined: none is made for it. */
export function targetHere(): Target | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `${system}-${process.arch}${isMusl() ? '-musl' : ''}`
  return TARGETS.find((target) => target.name === name)
}

/** Whether the C library of this Linux is musl, as in Alpine: by the loader that this process was started with. */
function isMusl(): boolean {
  return process.platform === 'linux' && readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-')
}
