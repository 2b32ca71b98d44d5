// TypeScript SDK 2.x, revision 2026-07-28 and no other.

import { startSdk2 } from './sdk2.mjs';

export const start = () => startSdk2('TypeScript SDK 2.x, 2026-07-28 only', 'reject');
