import './src/functions.ts'
import './src/events.ts'
import './src/panels.ts'
import './src/event-panel.ts'

export { ext as default } from './src/extension.ts'
