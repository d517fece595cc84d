import { createClient } from '@imperal/client'
import { accessToken, renewSession } from './session.ts'

/** The API in the name of the signed-in person. */
export const api = createClient({ baseUrl: '', token: accessToken, refresh: renewSession })
/** The API without any credential, for sign-in and public pages. */
export const publicApi = createClient({ baseUrl: '' })
