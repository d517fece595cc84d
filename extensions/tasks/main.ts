import './src/background.ts'
import './src/exposed.ts'
import './src/list-functions.ts'
import './src/panels.ts'
import './src/task-functions.ts'
import './src/webhook.ts'

export { ext as default } from './src/extension.ts'
