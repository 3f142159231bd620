// Written by “bun run texts” from ../zh/setup.ts: change that file, or scripts/zh-tw/words.ts.
import { ROWBOT } from '../../../engine/this-program.ts'
import type { setup as english } from '../en/setup.ts'

export const setup = (): ReturnType<typeof english> => ({
  isHealthy: (address) => `Rowbot 在 ${address} 正常回應。`,
  isSick: (address, why) => `Rowbot 在 ${address} 沒有回應：${why}。`,
  noAnswerWithin: (seconds) => `${seconds} 秒內沒有回應`,

  intro: (file) => `下面會詢問 Rowbot 所需的設定，並寫入 ${file}。按 Enter 略過一項。`,
  difyUrl: 'Dify API 的網址',
  difyKeys: '要執行的 Dify 應用程式的 API 金鑰，用英文逗號分隔（Dify：應用程式 → 訪問 API）',
  slackBotToken: 'Slack：機器人權杖 xoxb-…（見 docs/slack.md；Enter：不用 Slack）',
  slackAppToken: 'Slack：應用程式級權杖 xapp-…',
  discordToken: 'Discord：機器人權杖（見 docs/discord.md；Enter：不用 Discord）',
  publicUrl: '供他人訪問的頁面網址（Enter：僅本機）',
  notShown: '輸入時不顯示',
  now: (value) => `目前為 ${value}`,
  isSet: '已設定；按 Enter 保留',
  replace: (name) => `${name} 已設定為其他值。要替換嗎？`,
  yesOrNo: 'y/N',
  yes: ['y', 'yes', '是'],

  written: (file) => `已寫入 ${file}，只有您可以讀取：`,
  unchanged: (file) => `${file} 中已有這些設定，沒有任何改動。`,
  nothingGiven: '沒有提供任何設定，因此沒有寫入。',
  nothingGivenHint: `在終端中執行會逐項詢問；否則請使用選項或 --from FILE，參見 ${ROWBOT} init --help。`,
  added: (name) => `  + ${name}`,
  replaced: (name) => `  ~ ${name}（原來是其他值）`,
  kept: (name) => `  · ${name} 保持不變`,
  conflict: (names, file) => `${file} 中的 ${names} 已設定為其他值。沒有任何改動。`,
  conflictHint: '加上 --replace 可替換原有的值，也可以直接編輯檔案。',
  notASetting: (line) => `第 ${line} 列不是 NAME=value 的形式。`,
  unknownSetting: (name) => `沒有名為 ${name} 的設定。`,
  unknownSettingHint: '.env.example 和 README 列出了全部設定。',
  notOneLine: (name) => `${name} 的值超過一列，或同時含有 '、" 和 $，無法寫入。`,
  unreadable: (file, why) => `無法讀取 ${file}：${why}。`,
  unwritable: (file, why) => `無法寫入 ${file}：${why}。沒有任何改動。`,
  inEnvironment: (names) =>
    `環境變數中也設定了 ${names}，且優先於檔案。請在那裡取消，否則 Rowbot 不會使用寫入的值。`,

  checking: '正在詢問各伺服器是否接受這些設定：',
  keyWorks: (app) => `「${app}」有回應，金鑰有效。`,
  keyFails: (number, why) => `DIFY_API_KEYS 的第 ${number} 個金鑰：${why}`,
  noKeys: '尚未設定 DIFY_API_KEYS：目前無法執行任何 Dify 應用程式。',
  addLater: `隨時可以用 ${ROWBOT} workflow add 新增`,
  next: `下一步：${ROWBOT} serve，或用 ${ROWBOT} doctor 進行全部檢查。`,
  correct: `請更正標有 ✖ 的項：執行 ${ROWBOT} init --replace，或編輯檔案。`,

  completionHint: {
    bash: 'eval "$(rowbot completion bash)"   # 寫入 ~/.bashrc',
    zsh: 'eval "$(rowbot completion zsh)"   # 寫入 ~/.zshrc，在 compinit 之後',
    fish: 'rowbot completion fish | source   # 寫入 ~/.config/fish/config.fish',
  },
})
