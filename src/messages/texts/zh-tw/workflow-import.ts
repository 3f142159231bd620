// Written by “bun run texts” from ../zh/workflow-import.ts: change that file, or scripts/zh-tw/words.ts.
import type { workflowImport as english } from '../en/workflow-import.ts'
import type { Numbers } from '../numbers.ts'

export const workflowImport = (n: Numbers): ReturnType<typeof english> => ({
  link: '從 Dify 批次新增應用程式…',
  title: '從 Dify 批次新增應用程式',
  intro: (switchedOn, key) => [
    '如果您自己的 Dify 伺服器啟動時設定了 ',
    switchedOn,
    ' 和 ',
    key,
    '，它會列出一個工作空間的全部應用程式，您可以從中選擇要新增的。',
  ],
  url: 'Dify 伺服器網址',
  urlHint: '見「訪問 API」頁面，通常以 /v1 結尾。',
  adminKey: '管理員 API 金鑰',
  adminKeyHint: (setting) => ['Dify 伺服器的 ', setting, '。只在這一次使用，不會儲存或顯示。'],
  workspace: '工作空間 ID',
  workspaceHint: (command) => ['UUID，在 Dify 伺服器上執行以下指令即可看到：', command],
  submit: '列出應用程式',
  fieldMissing: '請填寫全部三項。',
  expired: '已過了一段時間，而管理員 API 金鑰不會保留。請再填寫一次。',
  choose: (host) => `${host} 的應用程式`,
  chooseIntro: '新增的每個應用程式都會在 Dify 中獲得自己的 API 金鑰，併成為這裡的一個工作流程。',
  legend: '選擇應用程式',
  here: '已新增',
  others: (count) => `另有 ${n.count(count)} 個應用程式的類型 Rowbot 無法執行。`,
  none: '這個工作空間中沒有 Rowbot 可以執行的應用程式。',
  allHere: '它們都已新增。',
  addChosen: '新增所選應用程式',
  addAll: (count) => `新增全部 ${n.count(count)} 個新應用程式`,
  nothingChosen: '請至少選擇一個應用程式。',
  resultTitle: '新增結果',
  result: (added, failed) => {
    const apps = `已新增 ${n.count(added)} 個應用程式。`
    return failed === 0 ? apps : `${apps}${n.count(failed)} 個未能新增。`
  },
  added: '已新增',
  failed: '未新增',
  sharedKey:
    '它在 Dify 中已有十個金鑰，達到上限，因此使用其中最新的一個：如果有人在 Dify 中刪除該金鑰，這裡也會停止工作。',
  again: (count) => `重試這 ${n.count(count)} 個`,
  toWorkflows: '查看工作流程',
})
