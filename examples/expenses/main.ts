import './src/functions.ts'
import './src/panels.ts'
import './src/report.ts'

export { ext as default } from './src/extension.ts'
