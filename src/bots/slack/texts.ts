import { type Locale, pickLocale } from '../../messages/texts/texts.ts'

/** Texts that only Slack needs; all others are in messages/texts/. */
export interface SlackTexts {
  noFile: string
  noFileHint: string
  fileHint: string
  askAgain: string
  guest: string
  stranger: string
  unknownPerson: string
  notVisible: (name: string) => string
  notVisibleHint: string
  missingScope: (scope: string) => string
  missingScopeHint: string
  elsewhere: (name: string) => string
  elsewhereHint: string
  googleHint: string
  /** shown as files in Slack, and are none */
  madeInSlack: Record<'canvas' | 'list' | 'post' | 'email', (name: string) => [message: string, hint: string]>
  deleted: (name: string) => string
  overPlan: (name: string) => string
  tooLarge: (name: string, megabytes: number) => string
  unreachable: (name: string) => string
  sendAgain: string
  needsButton: string
  fault: (id: string) => string
}

const en: SlackTexts = {
  noFile: 'There is no file in this message.',
  noFileHint:
    'Send a workbook (.xlsx, .xls, .ods, .csv), files or a ZIP together with the mention. For a file that is here already: “Run as batch” in the ⋯ menu of its message, or /batch new.',
  fileHint:
    'Slack takes 10 MB a file here. Send larger ones in a message: to me directly, or in a channel with a mention of me.',
  askAgain: 'Slack is slow just now, and the form could not be opened in time. Press the button once more.',
  guest: 'Guests of this workspace cannot run batches. Ask a full member to run it for you.',
  stranger:
    'You are not in the workspace this bot belongs to, so it cannot run batches for you. Ask someone of that workspace.',
  unknownPerson: 'Slack did not say who you are just now. Please try again in a minute.',
  notVisible: (name) => `I cannot see “${name}” here.`,
  notVisibleHint: 'Invite me to this channel (/invite), or send me the file in a direct message.',
  missingScope: (scope) => `This Slack app lacks the permission “${scope}”.`,
  missingScopeHint:
    'Its owner can add it under “OAuth & Permissions” and install the app again; rowbot doctor names every missing one.',
  elsewhere: (name) => `“${name}” is only linked in Slack: the file itself is with another service.`,
  elsewhereHint: 'Download it there and send the file itself.',
  googleHint: 'Open it there, choose File → Download → Microsoft Excel (.xlsx), and send that file.',
  madeInSlack: {
    canvas: (name) => [
      `“${name}” is a canvas, not a file.`,
      'Copy its table into a spreadsheet, save that as .xlsx or .csv, and send it.',
    ],
    list: (name) => [
      `“${name}” is a list in Slack, not a file.`,
      'Open it, choose ⋯ → Export as CSV, and send that file.',
    ],
    post: (name) => [
      `“${name}” is a post in Slack, not a file.`,
      'Copy its table into a spreadsheet, save that as .xlsx or .csv, and send it.',
    ],
    email: (name) => [`“${name}” is an email.`, 'Download the file that is attached to it, and send that.'],
  },
  deleted: (name) => `“${name}” has been deleted.`,
  overPlan: (name) => `Slack hides “${name}”: this workspace’s plan keeps no files that old.`,
  tooLarge: (name, megabytes) => `“${name}” is larger than ${megabytes} MB, the most I read.`,
  unreachable: (name) => `Slack would not hand over “${name}”.`,
  sendAgain: 'Please send it again.',
  needsButton:
    'That needs a form, which Slack opens only from a button or a command. Press this one, type /batch new, or send me a file.',
  fault: (id) =>
    `Something went wrong in Rowbot itself. The person who runs it can find the details in the log under ${id}.`,
}

const zh: SlackTexts = {
  noFile: '这条消息里没有文件。',
  noFileHint:
    '请在提及我的同一条消息里附上表格（.xlsx、.xls、.ods、.csv）、其他文件或 ZIP。文件已经在这里的话：在那条消息的 ⋯ 菜单里选“Run as batch”，或输入 /batch new。',
  fileHint: 'Slack 的表单每个文件最多 10 MB。更大的文件请放在消息里发：私信给我，或者在频道里 @我。',
  askAgain: 'Slack 现在有点慢，表单没能及时打开。请再按一次按钮。',
  guest: '本工作区的访客不能运行批量任务。请让正式成员代为运行。',
  stranger: '你不在这个机器人所属的工作区，它不能为你运行批量任务。请找该工作区的成员。',
  unknownPerson: 'Slack 暂时没有告诉我你是谁。请一分钟后再试。',
  notVisible: (name) => `我在这里看不到“${name}”。`,
  notVisibleHint: '请邀请我加入这个频道（/invite），或者把文件私信发给我。',
  missingScope: (scope) => `这个 Slack 应用缺少权限“${scope}”。`,
  missingScopeHint:
    '应用的所有者可以在 “OAuth & Permissions” 里加上并重新安装；rowbot doctor 会列出所有缺少的权限。',
  elsewhere: (name) => `“${name}”在 Slack 里只是一个链接，文件本身在别的服务上。`,
  elsewhereHint: '请从那里下载，再把文件本身发来。',
  googleHint: '请在那里打开，选择“文件 → 下载 → Microsoft Excel (.xlsx)”，再把下载的文件发来。',
  madeInSlack: {
    canvas: (name) => [
      `“${name}”是画布（canvas），不是文件。`,
      '请把其中的表格复制到电子表格里，存为 .xlsx 或 .csv 再发来。',
    ],
    list: (name) => [
      `“${name}”是 Slack 里的列表（list），不是文件。`,
      '请打开它，选择 ⋯ → 导出为 CSV，再把导出的文件发来。',
    ],
    post: (name) => [
      `“${name}”是 Slack 里的帖子（post），不是文件。`,
      '请把其中的表格复制到电子表格里，存为 .xlsx 或 .csv 再发来。',
    ],
    email: (name) => [`“${name}”是一封邮件。`, '请下载其中的附件，再把附件发来。'],
  },
  deleted: (name) => `“${name}”已被删除。`,
  overPlan: (name) => `Slack 隐藏了“${name}”：本工作区的套餐不保留这么早的文件。`,
  tooLarge: (name, megabytes) => `“${name}”超过了 ${megabytes} MB，这是我能读取的上限。`,
  unreachable: (name) => `Slack 没有把“${name}”交给我。`,
  sendAgain: '请再发一次。',
  needsButton:
    '这需要一个表单，而 Slack 只能从按钮或命令打开表单。请按这个按钮、输入 /batch new，或直接把文件发给我。',
  fault: (id) => `Rowbot 自身出了问题。运行它的人可以在日志中按 ${id} 找到详情。`,
}

// oxfmt-ignore: written by “bun run texts” from the constant above
const zhTw: SlackTexts = {
  noFile: '這則訊息裡沒有檔案。',
  noFileHint:
    '請在提及我的同一則訊息裡附上試算表（.xlsx、.xls、.ods、.csv）、其他檔案或 ZIP。檔案已經在這裡的話：在那則訊息的 ⋯ 選單裡選「Run as batch」，或輸入 /batch new。',
  fileHint: 'Slack 的表單每個檔案最多 10 MB。更大的檔案請放在訊息裡傳送：私訊給我，或者在頻道裡 @我。',
  askAgain: 'Slack 現在有點慢，表單未能及時開啟。請再按一次按鈕。',
  guest: '本工作空間的訪客不能執行批次任務。請讓正式成員代為執行。',
  stranger: '你不在這個機器人所屬的工作空間，它不能為你執行批次任務。請找該工作空間的成員。',
  unknownPerson: 'Slack 暫時沒有告訴我你是誰。請一分鐘後再試。',
  notVisible: (name) => `我在這裡看不到「${name}」。`,
  notVisibleHint: '請邀請我加入這個頻道（/invite），或者用私訊把檔案傳給我。',
  missingScope: (scope) => `這個 Slack 應用程式缺少權限「${scope}」。`,
  missingScopeHint:
    '應用程式的擁有者可以在「OAuth & Permissions」裡加上並重新安裝；rowbot doctor 會列出所有缺少的權限。',
  elsewhere: (name) => `「${name}」在 Slack 裡只是一個連結，檔案本身在別的服務上。`,
  elsewhereHint: '請從那裡下載，再把檔案本身傳來。',
  googleHint: '請在那裡開啟，選擇「檔案 → 下載 → Microsoft Excel (.xlsx)」，再把下載的檔案傳來。',
  madeInSlack: {
    canvas: (name) => [
      `「${name}」是畫布（canvas），不是檔案。`,
      '請把其中的表格複製到試算表裡，存為 .xlsx 或 .csv 再傳來。',
    ],
    list: (name) => [
      `「${name}」是 Slack 裡的清單（list），不是檔案。`,
      '請開啟它，選擇 ⋯ → 匯出為 CSV，再把匯出的檔案傳來。',
    ],
    post: (name) => [
      `「${name}」是 Slack 裡的貼文（post），不是檔案。`,
      '請把其中的表格複製到試算表裡，存為 .xlsx 或 .csv 再傳來。',
    ],
    email: (name) => [`「${name}」是一封郵件。`, '請下載其中的附件，再把附件傳來。'],
  },
  deleted: (name) => `「${name}」已被刪除。`,
  overPlan: (name) => `Slack 隱藏了「${name}」：本工作空間的方案不保留這麼早的檔案。`,
  tooLarge: (name, megabytes) => `「${name}」超過了 ${megabytes} MB，這是我能讀取的上限。`,
  unreachable: (name) => `Slack 沒有把「${name}」交給我。`,
  sendAgain: '請再傳一次。',
  needsButton:
    '這需要一個表單，而 Slack 只能從按鈕或指令開啟表單。請按這個按鈕、輸入 /batch new，或直接把檔案傳給我。',
  fault: (id) => `Rowbot 自身出了問題。負責維運的人可以在日誌中以 ${id} 找到詳情。`,
}

const TEXTS: Record<Locale, SlackTexts> = { en, 'zh-CN': zh, 'zh-TW': zhTw }

export function slackTexts(locale: string): SlackTexts {
  return TEXTS[pickLocale(locale)]
}
