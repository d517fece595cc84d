/** Where providers send the browser back to. Built from the public address, never from a request (api.md 7.6). */
export const redirectUri = (publicUrl: string, appId: string, provider: string): string =>
  `${publicUrl}/v1/ext/${appId}/oauth/${provider}/callback`
