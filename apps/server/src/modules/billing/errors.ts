import { defineErrors } from '../../foundation/errors.ts'

export const billingErrors = defineErrors('BILLING', {
  PLAN_UNKNOWN: {
    kind: 'invalid',
    message: (details: { plan: string }) => `The plan ${details.plan} cannot be chosen here.`,
    hint: 'GET /v1/billing/plans lists the plans; some are by contract only.',
  },
  NO_PLAN: { kind: 'not_found', message: (details: { plan: string }) => `There is no plan ${details.plan}.` },
  FREE_PLAN: { kind: 'invalid', message: 'There is no paid plan to cancel.' },
  ALREADY_SUBSCRIBED: {
    kind: 'conflict',
    message: (details: { plan: string }) => `You have the plan ${details.plan} already.`,
    hint: 'Use POST /v1/billing/change-plan.',
  },
  ILLEGAL_STATE: {
    kind: 'conflict',
    message: (details: { state: string; action: string }) =>
      `A subscription that is ${details.state} cannot be ${details.action}.`,
  },
  NO_CARD: {
    kind: 'payment_required',
    message: 'There is no card to pay with.',
    hint: 'Add one in the panel, under Wallet, Payments.',
  },
  DECLINED: {
    kind: 'payment_required',
    message: (details: { reason?: string }) =>
      `The payment did not go through${details.reason ? `: ${details.reason}` : '.'}`,
    hint: 'Try another card, or pay in the panel, where your bank can ask you.',
  },
  CARD_NEEDED: { kind: 'invalid', message: 'Automatic top-up needs a stored card.' },
  PAYMENTS_OFF: {
    kind: 'unavailable',
    message: 'This installation takes no such payments.',
    hint: 'Its operator can set up a payment provider.',
  },
  WRONG_PRICE: {
    kind: 'invalid',
    message: (details: { tokens: number; expected?: number }) =>
      details.expected === undefined
        ? `${details.tokens} credits cannot be bought at once.`
        : `${details.tokens} credits cost ${details.expected} cents, not what was sent.`,
    hint: 'GET /v1/billing/topup-config says what credits cost.',
  },
  PAYMENT_UNKNOWN: { kind: 'not_found', message: 'There is no such payment.' },
  PAYMENT_CLOSED: {
    kind: 'conflict',
    message: (details: { status: string }) => `This payment is ${details.status} already.`,
  },
  NOT_PAID: { kind: 'conflict', message: 'The payment provider does not say that this payment has succeeded.' },
  PROVIDER_FAILED: {
    kind: 'unavailable',
    message: 'The payment provider does not answer.',
    hint: 'Look at your payments before you pay again: what was charged after all is credited there within some minutes.',
  },
  METHOD_UNKNOWN: { kind: 'not_found', message: 'There is no such card among yours.' },
  LAST_CARD: {
    kind: 'conflict',
    message: 'This is the last card of a plan that is paid by card.',
    hint: 'Add another one first, or cancel the plan.',
  },
  SIGNATURE: { kind: 'invalid', message: 'The message is not signed by the payment provider, or it is too old.' },
  USER_UNKNOWN: { kind: 'not_found', message: 'There is no such user.' },
  NO_USER: { kind: 'invalid', message: 'Name a user: user_id in the body, or X-Acting-User.' },
  ADMIN_NEEDED: { kind: 'forbidden', message: 'X-Acting-User must name an administrator of the installation.' },
  MODEL_UNKNOWN: { kind: 'not_found', message: 'No rate is known for this model.' },
  KEY_REJECTED: { kind: 'invalid', message: 'Stripe does not accept this secret key.' },
  BELOW_ZERO: { kind: 'conflict', message: 'The wallet does not hold as much.' },
  INSUFFICIENT: { kind: 'payment_required', message: 'The wallet does not hold as much.' },
  HOLD_UNKNOWN: { kind: 'not_found', message: 'There is no such hold.' },
  HOLD_CLOSED: {
    kind: 'conflict',
    message: (details: { status: string }) => `This hold is ${details.status} already.`,
  },
  NOT_EARNED: {
    kind: 'invalid',
    message: 'Your apps have not earned as much, or it was paid already.',
    hint: 'GET /v1/developer/earnings says what is payable.',
  },
  EARNINGS_DISPUTED: {
    kind: 'conflict',
    message: (details: { disputed: number }) =>
      `${details.disputed} credits were earned by calls whose payment was disputed; they are not paid out while it is owed.`,
    hint: 'GET /v1/developer/earnings says what is payable.',
  },
  PAYOUT_TOO_SMALL: {
    kind: 'unprocessable',
    message: (details: { least: number }) => `A payout is of ${details.least} credits at the least.`,
    hint: 'GET /v1/developer/earnings says what is payable, and the minimum.',
  },
  PAYOUT_PENDING: { kind: 'conflict', message: 'A payout of yours waits for its decision already.' },
  PAYOUT_UNKNOWN: { kind: 'not_found', message: 'There is no such payout.' },
  OWN_PAYOUT: {
    kind: 'forbidden',
    message: 'Another administrator decides about a payout of yours.',
    hint: 'You can turn it down yourself.',
  },
  PAYOUT_STATE: {
    kind: 'conflict',
    message: (details: { status: string; wanted: string }) =>
      `This payout is ${details.status}; this needs it to be ${details.wanted}.`,
  },
  MORE_THAN_HELD: {
    kind: 'conflict',
    message: (details: { amount: number }) => `Only ${details.amount} credits are held; no more can be charged.`,
  },
})
