/** All that the sync needs. */
export const USER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';

/** Asked for only to show the tenant's primary domain; everything else works without it. */
export const CUSTOMER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.customer.readonly';

/** Asked for only where the scope of a sync names groups. */
export const MEMBER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.group.member.readonly';
