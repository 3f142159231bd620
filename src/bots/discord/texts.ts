import { type Locale, pickLocale } from '../../messages/texts/texts.ts'

/** Texts that only Discord needs; all others are in messages/texts/. */
interface DiscordTexts {
  noFile: string
  noFileHint: string
  /** sent in place of a file */
  instead: Record<'voice' | 'sticker' | 'reply', string>
  askAgain: string
  again: string
  fileAgain: string
  stranger: string
  unknownPerson: string
  missing: (permissions: string[]) => string
  missingHint: string
  gone: (name: string) => string
  tooLarge: (name: string, megabytes: number) => string
  unreachable: (name: string) => string
  sendAgain: string
  needsButton: string
  fault: (id: string) => string
}

const en: DiscordTexts = {
  noFile: 'There is no file in this message.',
  noFileHint:
    'Send a workbook (.xlsx, .xls, .ods, .csv), files or a ZIP together with the mention. For a file that is here already: right-click its message, Apps, “Run batch”; or type /batch new.',
  instead: {
    voice: 'That is a voice message, and I cannot read it.',
    sticker: 'That is a sticker, not a file.',
    reply: 'I see no file in the message that you replied to: Discord shows me only messages to me.',
  },
  askAgain: 'Discord is slow just now, and the form could not be opened in time. Press the button once more.',
  again: 'Correct it',
  fileAgain: 'Choose the file again',
  stranger:
    'You are not in a server this bot belongs to, so it cannot run batches for you. Ask someone there.',
  unknownPerson: 'Discord did not say who you are just now. Please try again in a minute.',
  missing: (permissions) =>
    permissions.length === 1
      ? `I lack the permission “${permissions[0]}” in this channel.`
      : `I lack these permissions in this channel: ${permissions.join(', ')}.`,
  missingHint:
    'Somebody who manages the channel can grant them under Edit Channel, Permissions. Or send me the file in a direct message.',
  gone: (name) => `Discord no longer has “${name}”.`,
  tooLarge: (name, megabytes) => `“${name}” is larger than ${megabytes} MB, the most I read.`,
  unreachable: (name) => `Discord would not hand over “${name}”.`,
  sendAgain: 'Please send it again.',
  needsButton:
    'That needs a form, which Discord opens only from a button. Press this one, or type /batch new with a file.',
  fault: (id) =>
    `Something went wrong in Rowbot itself. The person who runs it can find the details in the log under ${id}.`,
}

const zh: DiscordTexts = {
  noFile: '这条消息里没有文件。',
  noFileHint:
    '请在提及我的同一条消息里附上表格（.xlsx、.xls、.ods、.csv）、其他文件或 ZIP。文件已经在这里的话：右键那条消息 → 应用 →“批量运行”，或输入 /batch new。',
  instead: {
    voice: '这是语音消息，我读不了。',
    sticker: '这是贴纸，不是文件。',
    reply: '我在你回复的那条消息里看不到文件：Discord 只让我看到发给我的消息。',
  },
  askAgain: 'Discord 现在有点慢，表单没能及时打开。请再按一次按钮。',
  again: '重新填写',
  fileAgain: '重新选择文件',
  stranger: '你不在这个机器人所属的服务器里，它不能为你运行批量任务。请找那里的成员。',
  unknownPerson: 'Discord 暂时没有告诉我你是谁。请一分钟后再试。',
  missing: (permissions) => `我在这个频道缺少权限：${permissions.join('、')}。`,
  missingHint: '频道管理员可以在“编辑频道 → 权限”里授予。也可以把文件私信发给我。',
  gone: (name) => `Discord 上已经没有“${name}”了。`,
  tooLarge: (name, megabytes) => `“${name}”超过了 ${megabytes} MB，这是我能读取的上限。`,
  unreachable: (name) => `Discord 没有把“${name}”交给我。`,
  sendAgain: '请再发一次。',
  needsButton: '这需要一个表单，而 Discord 只能从按钮打开表单。请按这个按钮，或输入 /batch new 并附上文件。',
  fault: (id) => `Rowbot 自身出了问题。运行它的人可以在日志中按 ${id} 找到详情。`,
}

// oxfmt-ignore: written by “bun run texts” from the constant above
const zhTw: DiscordTexts = {
  noFile: '這則訊息裡沒有檔案。',
  noFileHint:
    '請在提及我的同一則訊息裡附上試算表（.xlsx、.xls、.ods、.csv）、其他檔案或 ZIP。檔案已經在這裡的話：在那則訊息上按右鍵 → 應用程式 →「批次執行」，或輸入 /batch new。',
  instead: {
    voice: '這是語音訊息，我無法讀取。',
    sticker: '這是貼紙，不是檔案。',
    reply: '我在你回覆的那則訊息裡看不到檔案：Discord 只讓我看到傳給我的訊息。',
  },
  askAgain: 'Discord 現在有點慢，表單未能及時開啟。請再按一次按鈕。',
  again: '重新填寫',
  fileAgain: '重新選擇檔案',
  stranger: '你不在這個機器人所屬的伺服器裡，它不能為你執行批次任務。請找那裡的成員。',
  unknownPerson: 'Discord 暫時沒有告訴我你是誰。請一分鐘後再試。',
  missing: (permissions) => `我在這個頻道缺少權限：${permissions.join('、')}。`,
  missingHint: '頻道管理員可以在「編輯頻道 → 權限」裡授予。也可以用私訊把檔案傳給我。',
  gone: (name) => `Discord 上已經沒有「${name}」了。`,
  tooLarge: (name, megabytes) => `「${name}」超過了 ${megabytes} MB，這是我能讀取的上限。`,
  unreachable: (name) => `Discord 沒有把「${name}」交給我。`,
  sendAgain: '請再傳一次。',
  needsButton: '這需要一個表單，而 Discord 只能從按鈕開啟表單。請按這個按鈕，或輸入 /batch new 並附上檔案。',
  fault: (id) => `Rowbot 自身出了問題。負責維運的人可以在日誌中以 ${id} 找到詳情。`,
}

const TEXTS: Record<Locale, DiscordTexts> = { en, 'zh-CN': zh, 'zh-TW': zhTw }

export function discordTexts(locale: string): DiscordTexts {
  return TEXTS[pickLocale(locale)]
}
