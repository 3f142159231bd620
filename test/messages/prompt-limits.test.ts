import { expect, test } from 'bun:test'
import type { App } from '../../src/engine/workflow.ts'
import { opensForm } from '../../src/messages/click-ids.ts'
import { aWizard, asker, COPYWRITER, csv, Visit } from '../wizard/support/cast.ts'
import { faultsOfForm, faultsOfPrompt } from '../wizard/support/within-limits.ts'

/*
 * Whatever a person's file and a workflow's author wrote, every Prompt and Form stays within what Slack and Discord
 * take. Walks: from a hostile file through every button and select of every step, in both languages, at random.
 */

const LONG =
  'A heading of a column that somebody wrote a whole sentence into, with 折叠自行车 and 🚲🚲🚲 at its end. '.repeat(
    4,
  )
const HOSTILE = [
  'b',
  `<!channel> ${LONG}`,
  '*_~`|'.repeat(50),
  '"'.repeat(90),
  ' ',
  LONG,
  '水'.repeat(300),
  '🎧'.repeat(200),
]

const VAST: App = {
  name: LONG.repeat(5),
  description: LONG.repeat(30),
  mode: 'workflow',
  fileLimits: {},
  variables: Array.from({ length: 60 }, (_, i) => ({
    name: `v${i}`,
    label: i % 2 ? `${i} ${LONG}` : `v${i}`,
    type: i % 3 ? ('select' as const) : ('paragraph' as const),
    required: false,
    options: [LONG, 'b', 'c'],
  })),
}

const CSV_OF_SIXTY = [
  Array.from({ length: 60 }, (_, i) => (i < 30 ? `v${i * 2}` : `"${i} ${LONG}"`)).join(','),
  ...Array.from({ length: 40 }, (_, row) =>
    Array.from(
      { length: 60 },
      (_, i) => `"${(HOSTILE[(row * 7 + i) % HOSTILE.length] ?? '').replaceAll('"', '""')}"`,
    ).join(','),
  ),
  Array.from({ length: 60 }, () => 'b').join(','),
].join('\n')

function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

function sees(visit: Visit): void {
  expect(faultsOfPrompt(visit.prompt)).toEqual([])
  if (visit.answer.kind === 'tell') expect(faultsOfPrompt(visit.answer.prompt)).toEqual([])
  if (visit.answer.kind === 'form') expect(faultsOfForm(visit.answer.form)).toEqual([])
}

/** Presses and chooses at random, never Cancel. */
async function wander(visit: Visit, clicks: number, random: (below: number) => number): Promise<Set<string>> {
  const titles = new Set<string>()
  for (let i = 0; i < clicks; i++) {
    titles.add(visit.prompt.title)
    const { selects, buttons } = visit.prompt
    const last = buttons.length - 1 // Cancel
    const next = buttons.filter(({ id }) => id?.endsWith(':next'))
    const things = [...selects, ...buttons.slice(0, last), ...next, ...next]
    const thing = things[random(things.length)]
    if (!thing?.id || (/:(start|try|template)$/.test(thing.id) && random(4) > 0)) continue
    if (/:(start|try)$/.test(thing.id)) return titles
    const option = 'options' in thing ? thing.options[random(thing.options.length)]?.value : undefined
    visit.take(await visit.wizard.click(visit.who, thing.id, option === undefined ? [] : [option]))
    sees(visit)
    if (opensForm(thing.id)) expect(visit.answer.kind).toBe('form')
  }
  return titles
}

const MANY = Array.from({ length: 30 }, (_, i) => ({ ...COPYWRITER, name: `${i} ${LONG}` }))
const WALKS = {
  vast: { apps: [VAST], file: csv(CSV_OF_SIXTY, `${LONG.slice(0, 200)}.csv`) },
  many: { apps: [COPYWRITER, VAST, ...MANY], file: csv('Name,Key features\nKettle,hot\nLamp,\n') },
}

// English is the longest in characters, Chinese in bytes. The two kinds of Chinese are equally long.
test.each([
  ['en-US', 'vast', 1],
  ['en-US', 'many', 2],
  ['zh-CN', 'vast', 3],
  ['zh-TW', 'many', 4],
] as const)(
  'every Prompt and Form in %s stays within the limits of both platforms, with %s inputs or workflows',
  async (locale, kind, seed) => {
    const random = randomOf(seed)
    const { apps, file } = WALKS[kind]
    const { wizard } = await aWizard(apps)
    const titles = new Set<string>()
    for (let walk = 0; walk < 5; walk++) {
      const visit = await new Visit(wizard, asker(LONG.slice(0, 60), { locale })).send(file)
      sees(visit)
      for (const title of await wander(visit, 30, random)) titles.add(title)
    }
    expect(titles.size).toBe(6)
  },
)
