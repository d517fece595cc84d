import { defineRule } from '../define-rule.ts'

const SHORTEST = 3

export const v15DisplayName = defineRule({
  id: 'V15',
  needs: 'manifest',
  severity: 'ERROR',
  title: `The display name has at least ${SHORTEST} characters and is not the app id`,
  *check({ manifest: { appId, name } }) {
    const text = name.trim()
    if (text.length >= SHORTEST && text !== appId) return
    yield {
      message:
        text === appId
          ? `The display name '${text}' is the app id`
          : `The display name '${text}' has ${text.length} characters, ${SHORTEST} are the least`,
      fix: `Give a name for people, for example displayName: '${titleOf(appId)}'.`,
      at: { registration: 'extension', option: 'displayName' },
    }
  },
})

const titleOf = (appId: string): string =>
  appId
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
