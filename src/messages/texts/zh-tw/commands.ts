// Written by “bun run texts” from ../zh/commands.ts: change that file, or scripts/zh-tw/words.ts.
import type { commands as english } from '../en/commands.ts'
import type { Numbers } from '../numbers.ts'

export const commands = (n: Numbers): ReturnType<typeof english> => ({
  list: '我的任務',
  listHere: '本頻道裡其他人的任務',
  listOthers: '其他人的任務',
  noneOpen: '目前沒有正在執行或等待的任務。',
  waits: '等您處理',
  recent: '最近的結果',
  firstSteps: '開始使用',
  steps: [
    '1. 在「訊息」分頁把試算表傳給我，或按「建立批次任務」，或在頻道裡帶著試算表 @我。',
    '2. 我會問四個問題：哪個工作流程、上傳是否正確、如何執行、是否開始。',
    '3. 填好的試算表會傳回來。其他功能請輸入 /batch help。',
  ],
  none: '還沒有任務。傳一個試算表或一些檔案給我，或者帶著它們 @我。',
  resultWaits: (name, command) => [name, ' 的結果還沒有送達：沒有能傳送的地方。', command, ' 可以傳到這裡。'],
  haltWaits: (name, command) => [name, ' 已停止，需要您處理：', command],
  more: (tasks, page) =>
    page === undefined ? [`……還有 ${n.count(tasks)} 個`] : [`……還有 ${n.count(tasks)} 個，見`, page],
  hello: '我對試算表的每一列執行一個 Dify 工作流程，再把填好的試算表傳回來。',
  helloNow: '請把試算表（.xlsx、.xls、.ods 或 .csv）私訊傳給我，或者在頻道裡帶著試算表 @我。',
  helloCommands: '指令：',
  help: '如何對每一列執行工作流程',
  helpLines: [
    '傳一個試算表檔案給我（.xlsx、.xls、.ods 或 .csv），或者帶著檔案 @我。我會問四個問題，對每一列執行您選的工作流程，再把填好的試算表傳回來。',
    '儲存格裡提到的檔案請放在同一則訊息裡，也可以壓縮成 ZIP。只有檔案、沒有試算表時，每個檔案作為一列。',
  ],
  verbs: {
    new: '上傳檔案，建立任務',
    list: '我的任務',
    status: '查看任務進度',
    pause: '不再開始新的列',
    resume: '繼續已暫停或已停止的任務',
    stop: '立即停止任務，已有結果會保留',
    retry: '重新執行失敗的列',
    results: '重新傳送結果',
    template: '下載工作流程的填寫範本',
    help: '顯示此說明',
  },
  arguments: { task: '任務', workflow: '工作流程', file: '另一個檔案，一併提供' },
  whichTask: (verb) => `哪個任務？請輸入「${verb}」加任務編號，例如「${verb} k7f2」。用「list」可以查看編號。`,
  whichWorkflow: (names) => `哪個工作流程？可選：${names.map((name) => `「${name}」`).join('、')}。`,
  unknownVerb: (said) =>
    `不認識「${said}」。把試算表傳給我，或者帶著試算表 @我，我會對每一列執行工作流程。「help」列出所有指令。`,
  unknownWorkflow: (name) => `這裡沒有您可以使用的工作流程「${name}」。`,
})
