import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { NotFound } from './components/not-found.tsx'
import { connectNavigation } from './data/navigation.ts'
import { currentSession } from './data/session.ts'

/** Sends whoever is not signed in to the way in, and back here afterwards. */
function requireSession({ location }: { readonly location: { readonly href: string } }): void {
  if (currentSession() === null) throw redirect({ to: '/sign-in', search: { next: location.href } as never })
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
const at = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component })
const redirecting = (from: string, to: string) =>
  createRoute({
    getParentRoute: () => root,
    path: from,
    beforeLoad: () => {
      throw redirect({ to, replace: true })
    },
  })

const open = [
  at(
    '/sign-in',
    lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignInPage'),
  ),
  at(
    '/sign-up',
    lazyRouteComponent(() => import('./pages/sign-up.tsx'), 'SignUpPage'),
  ),
  at(
    '/verify-email',
    lazyRouteComponent(() => import('./pages/verify-email.tsx'), 'VerifyEmailPage'),
  ),
  at(
    '/forgot-password',
    lazyRouteComponent(() => import('./pages/forgot-password.tsx'), 'ForgotPasswordPage'),
  ),
  at(
    '/reset-password',
    lazyRouteComponent(() => import('./pages/reset-password.tsx'), 'ResetPasswordPage'),
  ),
  ...['/gallery', '/gallery/$name'].map((path) =>
    at(
      path,
      lazyRouteComponent(() => import('./pages/gallery.tsx'), 'GalleryPage'),
    ),
  ),
  // Mails say /login.
  redirecting('/login', '/sign-in'),
]
const device = createRoute({
  getParentRoute: () => root,
  path: '/device',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./pages/device.tsx'), 'DevicePage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./components/shell.tsx'), 'Shell'),
})
const inside = (path: string, component?: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => shell, path, ...(component ? { component } : {}) })

/** Addresses that the workspace itself draws: chat, and the panels of one app. */
const workspace = [inside('/'), inside('/assistant'), inside('/ext/$appId'), inside('/ext/$appId/$panelId')]
const pages = [
  inside(
    '/ext/$appId/secrets',
    lazyRouteComponent(() => import('./pages/secrets.tsx'), 'SecretsPage'),
  ),
  // An app may have a panel of this name, which then has the first address.
  ...['/ext/$appId/settings', '/ext/$appId/-/settings'].map((path) =>
    inside(
      path,
      lazyRouteComponent(() => import('./pages/app-settings.tsx'), 'AppSettingsPage'),
    ),
  ),
  inside(
    '/marketplace',
    lazyRouteComponent(() => import('./pages/marketplace.tsx'), 'MarketplacePage'),
  ),
  inside(
    '/marketplace/$appId',
    lazyRouteComponent(() => import('./pages/marketplace-app.tsx'), 'MarketplaceAppPage'),
  ),
  inside(
    '/settings/$section',
    lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
  ),
  inside(
    '/developer/$section',
    lazyRouteComponent(() => import('./pages/developer.tsx'), 'DeveloperPage'),
  ),
  inside(
    '/developer/apps/$appId',
    lazyRouteComponent(() => import('./pages/developer-app.tsx'), 'DeveloperAppPage'),
  ),
  inside(
    '/developer/apps/$appId/document',
    lazyRouteComponent(() => import('./pages/document.tsx'), 'DocumentPage'),
  ),
  inside(
    '/activity',
    lazyRouteComponent(() => import('./pages/activity.tsx'), 'ActivityPage'),
  ),
  inside(
    '/wallet/$section',
    lazyRouteComponent(() => import('./pages/wallet.tsx'), 'WalletPage'),
  ),
  inside(
    '/admin/$section',
    lazyRouteComponent(() => import('./pages/admin.tsx'), 'AdminPage'),
  ),
]

const routeTree = root.addChildren([
  ...open,
  device,
  redirecting('/settings', '/settings/account'),
  redirecting('/admin', '/admin/health'),
  redirecting('/wallet', '/wallet/movements'),
  redirecting('/developer', '/developer/apps'),
  // Notices of automations lead there.
  redirecting('/automations', '/ext/automations'),
  shell.addChildren([...workspace, ...pages]),
])

// Values of the address are text, as the panels' handlers get them (ui 5.5): nothing is guessed to be a number.
const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text))
function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== null)
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
})

connectNavigation((path, options = {}) => {
  const url = new URL(path, window.location.origin)
  const to = `${url.pathname}${url.search}${url.hash}`
  if (options.replace) router.history.replace(to, options.state)
  else router.history.push(to, options.state)
})
