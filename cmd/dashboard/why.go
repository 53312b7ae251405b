package dashboard

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// why says in a line what an error of ClickHouse means, without the address
// that was asked: that may hold what is nobody's business.
func why(err error) string {
	var exception *clickhouse.Exception
	var address *url.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer within " + span(queryTimeout) + "."
	case errors.As(err, &exception):
		return excerpt(exception.Error(), 200)
	case errors.As(err, &address):
		err = address.Err
	}
	return excerpt(strings.TrimSpace(err.Error()), 200)
}
