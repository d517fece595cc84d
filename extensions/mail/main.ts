import './src/account-functions.ts'
import './src/reading-functions.ts'
import './src/sending-functions.ts'
import './src/sorting-functions.ts'
import './src/new-mail.ts'
import './src/panels.ts'
import './src/message-panels.ts'

export { ext as default } from './src/extension.ts'
