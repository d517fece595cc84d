import { ActionResult } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { ext } from './extension.ts'
import { AppId, Mine } from './functions.ts'

// Asked before the person is asked: nobody should confirm what cannot be done.
ext.expose(
  'check_uninstall_app',
  { actionType: 'read', params: z.object({ app_id: AppId }) },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request<unknown[]>('GET', '/v1/me/extensions')
    if (!answer.ok) return ActionResult.error(answer.problem, { code: 'PLATFORM_REFUSED', retryable: true })
    const apps = answer.body.map((app) => Mine.extend({ system: z.boolean().default(false) }).parse(app))
    const found = apps.find((app) => app.app_id === app_id)
    if (found?.system)
      return ActionResult.error(
        `${found.name} belongs to the platform and cannot be uninstalled. Switch it off instead.`,
        {
          code: 'SYSTEM_APP',
        },
      )
    if (found) return {}
    const own = apps.filter(({ system }) => !system).map((app) => app.app_id)
    return ActionResult.error(
      `You have no app “${app_id}”. ${own.length === 0 ? 'None is installed.' : `Installed are: ${own.join(', ')}.`}`,
      { code: 'APP_NOT_INSTALLED' },
    )
  },
)
