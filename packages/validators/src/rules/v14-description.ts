import { defineRule } from '../define-rule.ts'

const SHORTEST = 40

export const v14Description = defineRule({
  id: 'V14',
  needs: 'manifest',
  severity: 'ERROR',
  title: `The description has at least ${SHORTEST} characters and is not the app id`,
  *check({ manifest: { appId, description } }) {
    const text = description.trim()
    if (text.length >= SHORTEST && text !== appId) return
    const isId = text === appId && text.length >= SHORTEST
    yield {
      message: isId
        ? `The description is the app id, ${text.length} characters long: '${text.slice(0, SHORTEST)}'`
        : `The description has ${text.length} characters, ${SHORTEST} are the least: '${text.slice(0, SHORTEST)}'`,
      fix: 'Write one full sentence that says what the extension does for its user.',
      at: { registration: 'extension', option: 'description' },
    }
  },
})
