import type { TaskLimit } from '../../../engine/limits.ts'
import type { tasks as english } from '../en/tasks.ts'
import type { Numbers } from '../numbers.ts'

export const tasks = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, state) => `${name} · ${state}`,
  states: {
    pending: '等待中',
    running: '运行中',
    paused: '已暂停',
    completed: (ms) => `已完成，用时 ${n.duration(ms)}`,
    failed: '因故障停止',
    cancelled: '已停止',
  },
  of: (done, total) => `${n.count(done)} / ${n.count(total)}`,
  done: (rows) => `成功 ${n.count(rows)}`,
  failed: (rows) => `失败 ${n.count(rows)}`,
  cancelled: (rows) => `未运行 ${n.count(rows)}`,
  left: (rows) => `剩余 ${n.count(rows)}`,
  waitForAnswer: (rows: number) => `${n.count(rows)} 行等待回答`,
  aMinute: (rows) => `每分钟 ${n.rough(rows)} 行`,
  timeLeft: (ms) => `约剩 ${n.roughDuration(ms)}`,
  tokens: (tokens) => `${n.count(tokens)} 个 token`,
  price: (nano, currency) => n.price(nano, currency),
  aboutPrice: (nano, currency) => `≈ ${n.price(nano, currency)}`,
  spent: ({ nano, currency, guessed }) =>
    guessed > 0 ? `≈ ${n.price(nano, currency)}` : n.price(nano, currency),
  unpriced: (calls) => `${n.count(calls)} 次调用的费用未知`,
  unknownCalls: (calls) => `另有最多 ${n.count(calls)} 次调用未知`,
  amount: (limit) => amountText(limit, n),
  pausesAt: (limit) => `达到 ${amountText(limit, n)} 时暂停`,
  atLimit: ({ spent, limit, rowsLeft, rest, isUntold }) => {
    if (isUntold)
      return `上限为 ${amountText(limit, n)}，但 Dify 没有提供费用，无法控制在上限内；还剩 ${n.count(rowsLeft)} 行。`
    const about = rest ? `，约需 ${amountText(rest, n)}` : ''
    return `已达上限：已花费 ${amountText(spent, n)}，上限 ${amountText(limit, n)}；还剩 ${n.count(rowsLeft)} 行${about}。`
  },
  maybePaid: (calls) => `有 ${n.count(calls)} 次调用可能已经计费：Dify 无法告知结果。`,
  duration: (ms) => n.duration(ms),
  slowed: (limit) => `已降为同时 ${n.count(limit)} 行：Dify 提示“请求过多”。`,
  paced: ({ perMinute, tokensPerMinute }) =>
    perMinute === undefined
      ? `已降为每分钟 ${n.count(tokensPerMinute ?? 0)} 个 token：再多会被拒绝。`
      : `已降为每分钟 ${n.count(perMinute)} 次调用：再多会被拒绝。`,
  trouble: (since, { rows, askedEveryMs, lastAnswer }) => [
    'Dify 自 ',
    since,
    ` 起没有响应；${n.count(rows)} 行在等待，每 ${n.duration(askedEveryMs)}重试一次。最近一次：${lastAnswer}`,
  ],
  queued: (rows, ms) => `${n.count(rows)} 行在 Dify 的队列中等待，目前约 ${n.duration(ms)}。`,
  silent: (rows, ms) => `${n.count(rows)} 个运行已有 ${n.duration(ms)}没有任何消息，正在向 Dify 查询。`,
  pausing: (rows) => `还有 ${n.count(rows)} 行正在 Dify 中运行，会继续跑完。`,
  leftOut: (rows) => `${n.count(rows)} 行未能运行，原因见结果文件。`,
  failures: (count, error, rows) =>
    `${n.count(count)} × ${error.replace(/[.。]$/, '')}（第 ${rows.join('、')}${count > rows.length ? ' 等' : ''} 行）`,
  toLookAt: (rows) => `${n.count(rows)} 行待查看`,
  carried: (rows) => `${n.count(rows)} 行沿用此前任务的结果`,
  asOthers: (rows) => `${n.count(rows)} 行与其他行相同`,
  flagged: (count, flag, rows) =>
    `待查看：${n.count(count)} × ${flag}（第 ${rows.join('、')}${count > rows.length ? ' 等' : ''} 行）`,
  flags: {
    empty: () => '结果为空',
    refusal: () => '模型拒绝回答',
    cut: () => '句子没有写完',
    'no-json': () => '不是有效的 JSON',
    short: () => '比其他行短很多',
    'as-input': () => '与输入相同',
    'as-others': (rows) => `与另外 ${n.count(rows)} 行相同`,
    script: () => '使用的文字与其他行不同',
    'odd-value': () => '不在其他行的取值之内',
  },
  moreFailures: (rows) => `另有 ${n.count(rows)} 行因其他原因失败，详见结果文件。`,
  stoppedAt: (settled, total, error) => `运行 ${n.count(settled)} / ${n.count(total)} 行后停止：${error}`,
  resultsStored: (results) => `已有的 ${n.count(results)} 条结果都已保留。`,
  tokensUnknown: 'Dify 未提供此工作流的 token 用量。',
  buttons: {
    pause: '暂停',
    stop: '停止',
    resume: '继续',
    raise: (step) => `+${amountText(step, n)}`,
    results: '目前的结果',
    resultsThere: '已有的结果',
    resultsAgain: '重新发送结果',
    retry: (rows) => `重试失败的行（${n.count(rows)}）`,
    again: (rows) => `重试这 ${n.count(rows)} 行`,
    page: '打开页面',
  },
  haltedFor: (name, person) => [`${name} 已停止，需要您处理。`, person],
  pausedFor: (name, person) => [`${name} 已暂停，需要您处理。`, person],
  resultsOf: {
    running: (name, settled, total) => `${name}：目前的结果，${n.count(settled)}/${n.count(total)}`,
    paused: (name, settled, total) => `${name}：已暂停在 ${n.count(settled)}/${n.count(total)} 行`,
    ended: (name, settled, total) => `${name}：已停止在 ${n.count(settled)}/${n.count(total)} 行`,
    completed: (name, _settled, total) => `${name}：共 ${n.count(total)} 行的结果`,
  },
  inYours: (columns) => `您的原文件，新增 ${n.count(columns)} 列`,
  inNew: (why) => `新建的文件：${why}`,
  whyNew: {
    kind: '只有 .xlsx 和 .xlsm 文件可以直接加列',
    'no-room': '工作表已没有空余的列',
    'too-large': '加列后原文件会过大',
    'macro-sheets': '原文件含有宏表',
    damaged: '原文件有损坏的部分',
    unusual: '原文件的结构较特殊，无法加列',
    'too-slow': '在原文件中加列耗时过长',
    stopped: '未能在原文件中加列',
    gone: '原文件已不再保留',
    'old-task': '任务由旧版 Rowbot 创建',
  },
  tooLarge: (id, link) =>
    link === undefined
      ? [`结果文件太大，无法发到这里。管理员可以用“rowbot result ${id}”取得。`]
      : ['结果文件太大，无法发到这里，请到', link, '下载。'],
  pageLink: '管理页面',
  filesOfRows: (files) => `各行生成的 ${n.count(files)} 个文件；文件名以行号开头`,
  filesTooLarge: (id, link) =>
    link === undefined
      ? [`各行生成的文件太大，无法发到这里。管理员可以用“rowbot result ${id}”取得。`]
      : ['各行生成的文件太大，无法发到这里，请到', link, '下载。'],
  isDone: ' 已完成：',
  notices: {
    pending: (name) => `${name} 正在排队`,
    running: (name, settled, total) => `${name} 正在运行：${n.count(settled)}/${n.count(total)}`,
    paused: (name, settled, total) => `${name} 已暂停在 ${n.count(settled)}/${n.count(total)}`,
    tried: (name, rows) => `${name} 已试运行 ${n.count(rows)} 行，等您处理`,
    completed: (name, done, failed) =>
      `${name} 已完成：成功 ${n.count(done)}${failed > 0 ? `，失败 ${n.count(failed)}` : ''}`,
    failed: (name, settled, total) => `${name} 因故障停止在 ${n.count(settled)}/${n.count(total)}`,
    cancelled: (name, settled, total) => `${name} 已停止在 ${n.count(settled)}/${n.count(total)}`,
  },
  startedInThread: '已开始。进度和结果见下方的子区。',
  private: {
    notYours: (name) => `这是 ${name} 的批量任务。您可以发送文件并 @我，新建自己的任务。`,
    unknown: (id) => `没有编号为 ${id} 的任务。`,
    retried: (name, rows) => `${name}：${n.count(rows)} 行将重新运行。`,
    paused: (name) => `${name} 已暂停；正在 Dify 中运行的行会跑完。`,
    stopped: (name) => `${name} 已停止。`,
    resumed: (name) => `${name} 将继续运行。`,
    raised: (name, limit) => `${name} 将继续运行，上限为 ${amountText(limit, n)}。`,
    atLimit: (name) => `${name} 因达到上限而暂停。请提高上限后继续。`,
    cannot: {
      pause: (name, state) => `无法暂停：${name} ${state}。`,
      stop: (name, state) => `无法停止：${name} ${state}。`,
      resume: (name, state) => `无法继续：${name} ${state}。`,
    },
    fileTooLarge: '文件太大，无法发到这里，请联系管理员获取。',
    fileComes: '正在生成文件，请稍候。',
    fileNotSent: '文件暂时无法发送，请过一分钟再试。',
    sentDirectly: (file) => `${file} 已私信发给您。`,
    nothingToLookAt: '这个任务没有待查看的行。',
    nothingFailed: (name) => `${name} 没有失败的行。`,
  },
  statusNames: {
    pending: '正在等待',
    running: '正在运行',
    paused: '已暂停',
    completed: '已完成',
    failed: '已因故障停止',
    cancelled: '已停止',
  },
})

function amountText(limit: TaskLimit, n: Numbers): string {
  return 'tokens' in limit ? `${n.count(limit.tokens)} 个 token` : n.price(limit.nano, limit.currency)
}
