import './src/exposed.ts'
import './src/folder-functions.ts'
import './src/lifecycle.ts'
import './src/note-functions.ts'
import './src/panels.ts'

export { ext as default } from './src/extension.ts'
