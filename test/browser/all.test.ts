// All tests that need a browser are one file to Bun, so that beside the others one browser runs and not one a worker.
import './connection.ts'
import './list.ts'
import './new-task.ts'
import './pickers.ts'
import './review.ts'
import './self.ts'
import './tasks.ts'
import './waiting.ts'
