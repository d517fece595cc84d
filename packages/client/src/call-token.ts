/** What a call token is made for (api.md 1.8): one request of one app, user and kind of call. */
export interface CallTokenClaims {
  readonly appId: string
  readonly userId: string
  readonly toolType: 'skeleton' | 'panel' | 'tool' | 'chat_fn'
}

const LIFE_SECONDS = 60

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/**
 * Makes call tokens with the secret of the installation, for `callToken` of a client that runs beside the platform: each
 * token is good for one request and for a minute.
 */
export function callTokensWith(secret: string): (claims: CallTokenClaims) => Promise<string> {
  const text = new TextEncoder()
  const key = crypto.subtle.importKey('raw', text.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async ({ appId, userId, toolType }) => {
    const iat = Math.floor(Date.now() / 1000)
    // Canonical JSON: the keys in order, no blanks.
    const payload = JSON.stringify({
      app_id: appId,
      exp: iat + LIFE_SECONDS,
      iat,
      jti: crypto.randomUUID(),
      tool_type: toolType,
      user_id: userId,
    })
    const encoded = base64url(text.encode(payload))
    const mac = await crypto.subtle.sign('HMAC', await key, text.encode(encoded))
    return `${encoded}.${base64url(new Uint8Array(mac))}`
  }
}
