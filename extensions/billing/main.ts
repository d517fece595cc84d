import './src/exposed.ts'
import './src/functions.ts'
import './src/money.ts'
import './src/panels.ts'

export { ext as default } from './src/extension.ts'
