//! Requests the consumed capacity with every call of the SDK, and counts it and the time that the call takes.

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{
            BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
            FinalizerInterceptorContextRef,
        },
    },
    error::BoxError,
    operation::{
        batch_get_item::BatchGetItemOutput,
        delete_item::{DeleteItemInput, DeleteItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use roster_directory::usage::{self, Away};

#[derive(Debug)]
pub(super) struct CapacityInterceptor;

/// Set after the first attempt of a request was sent.
#[derive(Debug)]
struct Sent;

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// Set while an attempt waits for its response. Giving up drops it, which stops the timer.
#[derive(Debug)]
struct InFlight(#[expect(dead_code, reason = "its end is what it is for")] Away);

impl Storable for InFlight {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CapacityInterceptor {
    fn name(&self) -> &'static str {
        "CapacityInterceptor"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        macro_rules! ask {
            ($($input:ty),*) => {
                $(if let Some(input) = context.input_mut().downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                })*
            };
        }
        ask!(GetItemInput, QueryInput, PutItemInput, UpdateItemInput, DeleteItemInput, TransactWriteItemsInput);
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if config.load::<Sent>().is_some() {
            usage::retry();
        }
        config.interceptor_state().store_put(Sent);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(InFlight(usage::in_store()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<InFlight>();
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Ok(output)) = context.output_or_error() else {
            usage::call(0.0);
            return Ok(());
        };
        let mut total = 0.0;
        macro_rules! one {
            ($($output:ty),*) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    total += output.consumed_capacity().map_or(0.0, units);
                })*
            };
        }
        one!(GetItemOutput, QueryOutput, PutItemOutput, UpdateItemOutput, DeleteItemOutput);
        if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
            total += output.consumed_capacity().iter().map(units).sum::<f64>();
        }
        if let Some(output) = output.downcast_ref::<BatchGetItemOutput>() {
            total += output.consumed_capacity().iter().map(units).sum::<f64>();
        }
        usage::call(total);
        Ok(())
    }
}

fn units(capacity: &ConsumedCapacity) -> f64 {
    capacity.capacity_units().unwrap_or(0.0)
}
