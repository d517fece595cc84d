import './src/exposed.ts'
import './src/functions.ts'
import './src/panels.ts'
import './src/upload.ts'

export { ext as default } from './src/extension.ts'
