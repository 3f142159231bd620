import { basename, join } from 'node:path'

interface Bench {
  run(args: string[]): Promise<void>
}

/**
 * `bun run bench` runs every bench, `bun run bench NAME` one: each file in this folder is a bench. Its tables are its
 * standard output; a program that a bench starts prints one line, which the bench reads.
 */
const [wanted, ...args] = process.argv.slice(2)
const names = [...new Bun.Glob('*.ts').scanSync(import.meta.dir)]
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'main')
  .toSorted()

if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`There is no bench “${wanted}”. There are ${names.join(', ')}; without a name all run.`)
  process.exitCode = 1
} else {
  for (const name of wanted === undefined ? names : [wanted]) {
    // `as`: every bench exports `run`.
    const bench = (await import(join(import.meta.dir, `${name}.ts`))) as Bench
    await bench.run(args)
  }
}
