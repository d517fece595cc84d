import { defineRule } from '../define-rule.ts'

const APP_ID = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/

export const v1AppId = defineRule({
  id: 'V1',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'The app id is lower-case letters, digits and hyphens',
  *check({ manifest: { appId } }) {
    if (APP_ID.test(appId)) return
    yield {
      message: `The app id '${appId}' does not fit ${APP_ID.source}`,
      fix: `Write it in lower case, with hyphens: '${suggestion(appId)}'.`,
      at: { registration: 'extension' },
    }
  },
})

function suggestion(appId: string): string {
  const words = appId.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const id = words.join('-')
  return id.length >= 2 ? id : 'my-app'
}
