import type { Variable } from '../../engine/workflow.ts'
import type { Mapping } from '../types.ts'
import { type HeadingKeys, keysOf } from './heading-keys.ts'

/** A variable with the keys of its name and label. */
interface NamedInput {
  variable: Variable
  name: HeadingKeys
  label: HeadingKeys
}

/** From exact to loose. Only one side may lose its remark: “Price [EUR]” is not “Price [USD]”. */
const LEVELS: ((column: HeadingKeys, asked: HeadingKeys) => boolean)[] = [
  (column, asked) => column.exact !== '' && column.exact === asked.exact,
  (column, asked) => column.words !== '' && column.words === asked.words,
  (column, asked) => column.loose.has(asked.words) || asked.loose.has(column.words),
]

/**
 * The columns whose headings name a variable; two or more if it is not clear which. A match at a stricter level wins
 * over looser ones. A column that names two variables alike is left out: a person has to say whose it is.
 * @param open the variables to find columns for
 * @param all all variables of the app: a column with the name of another one belongs to that one
 * @param taken columns that feed a variable already
 */
export function columnsByName(
  headings: string[],
  open: Variable[],
  all: Variable[],
  taken: Mapping = {},
): Map<Variable, number[]> {
  const columns = headings.map(keysOf)
  const asked = open.map(withKeys)
  const names = all.map(({ name }) => keysOf(name))
  const used = new Set(Object.values(taken))
  const found = new Map<Variable, number[]>()
  const contested = new Set<Variable>()
  const settle = (isMeant: (column: HeadingKeys, one: NamedInput) => boolean, free: Set<number>) => {
    const claims = asked
      .filter(({ variable }) => !found.has(variable) && !contested.has(variable))
      .map((one) => ({ one, claimed: [...free].filter((i) => isMeant(columns[i] ?? keysOf(''), one)) }))
    const owners = new Map<number, number>()
    for (const { claimed } of claims) for (const i of claimed) owners.set(i, (owners.get(i) ?? 0) + 1)
    for (const { one, claimed } of claims) {
      if (claimed.length === 0) continue
      if (claimed.every((i) => owners.get(i) === 1)) found.set(one.variable, claimed)
      else contested.add(one.variable)
      for (const i of claimed) used.add(i)
    }
  }
  const every = headings.map((_, i) => i)
  LEVELS.forEach((level, i) => {
    // An exact heading counts even if a person has given its column to another variable as well.
    const free = new Set(i === 0 ? every : every.filter((column) => !used.has(column)))
    settle(
      (column, { name, label }) =>
        level(column, name) || (level(column, label) && !names.some((other) => level(column, other))),
      free,
    )
  })
  const question = questionOf(all)
  settle(
    (column, { variable }) => variable === question && isHeadedBy(QUESTION_WORDS, column),
    new Set(every.filter((column) => !used.has(column))),
  )
  settle(
    (column, { variable }) => variable.attached === true && isHeadedBy(ATTACHED_WORDS, column),
    new Set(every.filter((column) => !used.has(column))),
  )
  return found
}

function withKeys(variable: Variable): NamedInput {
  return { variable, name: keysOf(variable.name), label: keysOf(variable.label) }
}

/** What a chatflow is asked, under the names that Dify gives it. */
const QUESTION_NAMES = ['sys.query', 'query']
/** What people head a column of questions with. */
const QUESTION_WORDS = new Set(
  'query question questions prompt 问题 提问 用户问题 提问内容 查询 输入 問題 提問'.split(' '),
)

function questionOf(variables: Variable[]): Variable | undefined {
  const [found] = QUESTION_NAMES.flatMap((wanted) => variables.filter(({ name }) => name === wanted))
  return found
}

/** What people head a column of files with that go with a call. */
const ATTACHED_WORDS = new Set('file files attachment attachments 附件 文件 附加文件 檔案'.split(' '))

function isHeadedBy(wanted: Set<string>, { words, loose }: HeadingKeys): boolean {
  return wanted.has(words) || [...loose].some((part) => wanted.has(part))
}
