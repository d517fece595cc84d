export { buildGuest, EXTENSION_MODULE, GUEST_MODULE } from './build-guest.ts'
