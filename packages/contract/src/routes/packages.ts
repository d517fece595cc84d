import { z } from 'zod'
import { defineRoute } from '../route.ts'

/** The platform's own npm packages, so that authors need no public registry. */
export const packages = {
  download: defineRoute({
    id: 'packages.download',
    surface: 'meta',
    method: 'GET',
    path: '/packages/{file}',
    auth: 'none',
    tag: 'packages',
    summary: 'Tarball of a package of the platform',
    params: z.object({ file: z.string().max(200) }),
    response: z.string(),
    responseKind: 'bytes',
    errors: ['DEVELOPER_PACKAGE_NOT_FOUND'],
  }),
}
