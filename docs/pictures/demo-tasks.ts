/** Rows of a workbook, sent as CSV; a marker in a cell tells the sandbox how that row ends. */
type Rows = string[][]

export interface DemoTask {
  owner: string
  name: string
  file: string
  headings: string[]
  rows: Rows
  workflow: string
  concurrency?: number
  retries?: number
  tryFirst?: boolean
  /** the next task starts only when this one is in this state */
  until?: string
  /** and only when so many rows are settled */
  settled?: number
  /** then it is stopped */
  isStopped?: true
}

const THINGS = [
  'Kettle',
  'Desk lamp',
  'Rain jacket',
  'Backpack',
  'Coffee grinder',
  'Headphones',
  'Bread knife',
]
const FEATURES = [
  'boils a litre in 3 minutes; keeps warm for an hour; 1.7 l',
  'five steps of brightness; warm to daylight; USB-C',
  'waterproof zips; packs into its own pocket; 340 g',
  'fits a 15-inch laptop; rain cover; 24 l',
  'forty settings; steel burrs; quiet',
  'thirty hours; folds flat; two devices at once',
  'full tang; dishwasher-safe; 20 cm',
]
const TICKETS = [
  'The parcel arrived late and the invoice is wrong. Please refund the shipping.',
  'I cannot sign in since Monday: the password is right, and still an error.',
  'Just wondering when the blue one is back. No hurry!',
  'The app crashes as soon as I open a bill. Urgent, we cannot work.',
]
const AT_ONCE = 88
const PRODUCTS = ['Name', 'Key features', 'Tone']

/** Tasks as after a week of work; the last one is the newest, so it is first in the list. */
export const DEMO_TASKS: DemoTask[] = [
  {
    owner: 'Jo',
    name: 'Slogans for the fair',
    file: 'slogans.csv',
    headings: ['Topic'],
    rows: THINGS.map((thing) => [thing]),
    workflow: 'Slogan writer',
    concurrency: 10,
    until: 'completed',
  },
  {
    owner: 'Mei',
    name: 'Winter sale',
    file: 'winter-sale.csv',
    headings: PRODUCTS,
    rows: products(40, (i) => (i === 17 ? '[sandbox: 401, delay=300]' : '[sandbox: delay=60]')),
    workflow: 'Product copywriter',
    until: 'failed',
  },
  {
    owner: 'Lin',
    name: 'Returns, October',
    file: 'returns.csv',
    headings: ['Ticket text'],
    rows: tickets(64, (i) => (i < 22 ? '[sandbox: delay=60]' : '[sandbox: delay=60000]')),
    workflow: 'Ticket classifier',
    settled: 22,
    isStopped: true,
  },
  {
    owner: 'Lin',
    name: 'Support inbox, week 46',
    file: 'inbox-46.csv',
    headings: ['Ticket text'],
    rows: tickets(120, (i) => (i % 41 === 7 ? '[sandbox: failed]' : '[sandbox: delay=80]')),
    workflow: 'Ticket classifier',
    concurrency: 10,
    retries: 0,
    until: 'completed',
  },
  {
    owner: 'Jo',
    name: 'Gift guide',
    file: 'gift-guide.csv',
    headings: PRODUCTS,
    rows: products(28, () => ''),
    workflow: 'Product copywriter',
    tryFirst: true,
    until: 'paused',
  },
  {
    owner: 'Mei',
    name: 'products-q3',
    file: 'products-q3.csv',
    headings: PRODUCTS,
    rows: products(236, failing, (i) => (i % 59 === 12 ? 'friendly' : 'casual')),
    workflow: 'Product copywriter',
    concurrency: 4,
    retries: 0,
    settled: AT_ONCE,
  },
]

/** The first rows settle at once, so that there is something to see; the others outlast the taking of the pictures. */
function failing(i: number): string {
  if (i === 31 || i === 55) return '[sandbox: failed, delay=100]'
  if (i === 40) return '[sandbox: model]'
  return i < AT_ONCE ? '[sandbox: delay=100]' : '[sandbox: delay=6000]'
}

function products(count: number, marker: (i: number) => string, tone = (_i: number) => 'casual'): Rows {
  return Array.from({ length: count }, (_, i) => {
    const at = i % THINGS.length
    return [`${THINGS[at]} ${100 + i}`, `${FEATURES[at]} ${marker(i)}`.trim(), tone(i)]
  })
}

function tickets(count: number, marker: (i: number) => string): Rows {
  return Array.from({ length: count }, (_, i) => [`${TICKETS[i % TICKETS.length]} ${marker(i)}`.trim()])
}

/** Besides good rows: a tone that is not an option, a missing name, and a text that is too long. */
export const FAULTY = {
  headings: [...PRODUCTS, 'SKU'],
  rows: products(
    48,
    () => '',
    (i) => (i === 1 || i === 40 ? 'formall' : i % 2 === 0 ? 'casual' : 'playful'),
  ).map(([name = '', features = '', tone = ''], i) => [
    i === 4 ? '' : name,
    i === 25 ? `${features}; `.repeat(40) : features,
    tone,
    `SKU-${2_040 + i}`,
  ]),
}
