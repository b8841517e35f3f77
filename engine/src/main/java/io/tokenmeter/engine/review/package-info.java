/**
 * What people decide about budgets while they are in force: requests, approvals, overrides and
 * grants, on record in an append-only file of the state directory.
 */
@NullMarked
package io.tokenmeter.engine.review;

import org.jspecify.annotations.NullMarked;
