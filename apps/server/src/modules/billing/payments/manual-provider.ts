import { billingErrors } from '../errors.ts'
import type { PaymentProvider } from './types.ts'

const off = (): Promise<never> => Promise.reject(billingErrors.PAYMENTS_OFF())

/** For installations without a payment provider: every payment waits until an operator has seen the money (K10.22). */
export const manualProvider: PaymentProvider = {
  name: 'manual',
  publishableKey: '',
  takesCards: false,
  createCustomer: async ({ userId }) => userId,
  updateCustomer: async () => {},
  charge: async ({ paymentId }) => ({
    providerId: paymentId,
    status: 'open',
    clientSecret: '',
    requiresAction: true,
    actionUrl: null,
    receiptUrl: null,
    failure: null,
  }),
  // The operator's word is in our own table.
  look: async () => null,
  find: async () => null,
  cancel: async () => null,
  removeCustomer: async () => {},
  methods: async () => [],
  beginSetup: off,
  removeMethod: off,
  setDefaultMethod: off,
  portal: off,
  readEvent() {
    throw billingErrors.PAYMENTS_OFF()
  },
}
